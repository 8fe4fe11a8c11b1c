using System.Text.Json.Serialization;

namespace Appliance.Admin.Doctor;

/// <summary>Everything that was looked at; healthy when nothing is bad.</summary>
public sealed record DoctorReport(bool Healthy, IReadOnlyList<Finding> Findings);

/// <summary>The report as <c>doctor --json</c> prints it. Keys are stable.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DoctorReport))]
public sealed partial class DoctorJson : JsonSerializerContext;
