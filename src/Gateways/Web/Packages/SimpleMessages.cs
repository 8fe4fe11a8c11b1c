using System.Text.Json.Serialization;

namespace Appliance.Gateways.Web.Packages;

/// <summary>The version of the interface (PEP 691).</summary>
public sealed record SimpleMeta(string ApiVersion);

/// <summary>A project that has files here.</summary>
public sealed record SimpleProject(string Name);

/// <summary>All projects.</summary>
public sealed record SimpleProjectList(SimpleMeta Meta, IReadOnlyList<SimpleProject> Projects);

/// <summary>Digests by their algorithm's name.</summary>
public sealed record SimpleHashes(string Sha256);

/// <summary>A file of a project; its URL is relative to the page.</summary>
public sealed record SimpleFile(
    string Filename,
    string Url,
    long Size,
    SimpleHashes Hashes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequiresPython,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SimpleHashes? CoreMetadata);

/// <summary>The files of a project.</summary>
public sealed record SimpleProjectPage(SimpleMeta Meta, string Name, IReadOnlyList<string> Versions, IReadOnlyList<SimpleFile> Files);

/// <summary>The interface's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower)]
[JsonSerializable(typeof(SimpleProjectList))]
[JsonSerializable(typeof(SimpleProjectPage))]
internal sealed partial class SimpleIndexJson : JsonSerializerContext;
