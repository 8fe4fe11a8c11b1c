using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Sidecars;

/// <summary>What a container beside a sandbox's main one was asked to be, as it is stored.</summary>
public sealed record SidecarDefinition
{
    public required string ImageId { get; init; }

    /// <summary>Empty for a container that waits for commands.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>In order; of two values with one name the later counts.</summary>
    public IReadOnlyList<string> SecretIds { get; init; } = [];

    /// <summary>Its own copies: what it writes shows elsewhere once it was committed.</summary>
    public IReadOnlyList<SandboxVolume> Volumes { get; init; } = [];

    public IReadOnlyList<string> MountIds { get; init; } = [];

    /// <summary>Absolute; null for the image's own.</summary>
    public string? WorkingDirectory { get; init; }

    public SandboxTerminal? Terminal { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SidecarJson.Default.SidecarDefinition);

    public static SidecarDefinition Read(byte[] stored) => JsonSerializer.Deserialize(stored, SidecarJson.Default.SidecarDefinition)!;
}

/// <summary>What a client asks for.</summary>
/// <param name="Name">Unique among the running ones of the sandbox.</param>
/// <param name="Definition">What it is to be.</param>
/// <param name="Variables">In order, after the definition's secrets; of two with one name the later counts.</param>
/// <param name="Network">What it may reach, where that is said: it can only be what its sandbox may.</param>
public sealed record SidecarRequest(
    string Name, SidecarDefinition Definition, IReadOnlyList<VariableSource> Variables, SandboxNetwork? Network);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SidecarDefinition))]
internal sealed partial class SidecarJson : JsonSerializerContext;
