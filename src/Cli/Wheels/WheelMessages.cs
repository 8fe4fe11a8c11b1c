using System.Text.Json.Serialization;
using Appliance.Packages;

namespace Appliance.Cli.Wheels;

/// <summary>A stored package as verbs print it. The outcome is only told of one that was to be added.</summary>
public sealed record WheelSummary(
    string File,
    string Name,
    string Version,
    long SizeBytes,
    string Sha256,
    string? RequiresPython,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Outcome = null)
{
    public static WheelSummary Of(StoredPackage package, string? outcome = null) => new(
        package.File.FileName,
        package.File.Project,
        package.File.Version,
        package.Note.SizeBytes,
        package.Note.Sha256,
        package.Note.RequiresPython,
        outcome);
}

/// <summary>Files that are gone.</summary>
public sealed record WheelsRemoved(IReadOnlyList<string> Removed);

/// <summary>What the verbs print as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(IReadOnlyList<WheelSummary>))]
[JsonSerializable(typeof(WheelsRemoved))]
public sealed partial class WheelsJson : JsonSerializerContext;
