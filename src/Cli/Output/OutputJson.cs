using System.Text.Json.Serialization;

namespace Appliance.Cli.Output;

/// <summary>Everything that verbs print as JSON. Keys are stable.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(VerbFailureEnvelope))]
[JsonSerializable(typeof(VersionFacts))]
[JsonSerializable(typeof(IReadOnlyList<Admin.SelfTest.SelfTestResult>))]
[JsonSerializable(typeof(Tokens.RevokedToken))]
[JsonSerializable(typeof(Images.ImageExported))]
public sealed partial class OutputJson : JsonSerializerContext;
