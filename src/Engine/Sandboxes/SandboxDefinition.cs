using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Scheduling.Admission;

namespace Appliance.Engine.Sandboxes;

/// <summary>What a sandbox was asked to be, as it is stored.</summary>
public sealed record SandboxDefinition
{
    public const int DefaultTimeoutSeconds = 300;

    /// <summary>Empty for a sandbox that waits for commands.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required string ImageId { get; init; }

    /// <summary>In order; of two values with one name the later counts. The last may be an ephemeral one of its own.</summary>
    public IReadOnlyList<string> SecretIds { get; init; } = [];

    public IReadOnlyList<string> MountIds { get; init; } = [];

    public IReadOnlyList<SandboxVolume> Volumes { get; init; } = [];

    /// <summary>Absolute; null for the image's own.</summary>
    public string? WorkingDirectory { get; init; }

    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>Null for a sandbox that may be idle until its time is up.</summary>
    public int? IdleTimeoutSeconds { get; init; }

    public SandboxResources Resources { get; init; } = new();

    public SandboxTerminal? Terminal { get; init; }

    public IReadOnlyList<SandboxPort> Ports { get; init; } = [];

    public SandboxNetwork Network { get; init; } = new(SandboxNetworkKind.Open, [], []);

    public IReadOnlyList<string> InboundCidrs { get; init; } = [];

    public SandboxProbe? Probe { get; init; }

    /// <summary>"runc", "gvisor", or null for the server's choice.</summary>
    public string? Runtime { get; init; }

    public bool AllowsMemorySnapshots { get; init; }

    /// <summary>The memory snapshot that it goes on from; null for one that begins anew.</summary>
    public string? RestoredFrom { get; init; }

    public bool HasIdentityToken { get; init; }

    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The function whose inputs it works on; null for a sandbox that a client asked for.</summary>
    public FunctionOfTask? Function { get; init; }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, SandboxJson.Default.SandboxDefinition);

    public static SandboxDefinition Read(byte[] stored) => JsonSerializer.Deserialize(stored, SandboxJson.Default.SandboxDefinition)!;
}

/// <summary>A volume, or a network file system, and where it shows.</summary>
public sealed record SandboxVolume(string VolumeId, string MountPath, bool IsReadOnly, string? SubPath);

/// <summary>What a sandbox needs and may use; what is null is the default.</summary>
/// <param name="CpuMilli">Thousandths of a core, guaranteed.</param>
/// <param name="CpuMilliMax">Thousandths of a core, at most.</param>
/// <param name="MemoryMiB">Guaranteed.</param>
/// <param name="MemoryMiBMax">At most.</param>
/// <param name="GpuType">In upper case; null for none.</param>
/// <param name="GpuCount">How many.</param>
public sealed record SandboxResources(
    uint? CpuMilli = null, uint? CpuMilliMax = null, uint? MemoryMiB = null, uint? MemoryMiBMax = null, string? GpuType = null, uint GpuCount = 0)
{
    /// <summary>What it is promised of the machine.</summary>
    internal ResourceRequest Promised => ResourceRequest.Of(CpuMilli, MemoryMiB);

    /// <summary>As people write it: "H100:2"; empty for none.</summary>
    internal string GpuText => GpuTextOf(1);

    /// <summary>The same for several containers together.</summary>
    internal string GpuTextOf(int containers)
    {
        long count = Math.Max(1, GpuCount) * containers;
        return GpuType is null ? "" : count == 1 ? GpuType : string.Create(CultureInfo.InvariantCulture, $"{GpuType}:{count}");
    }
}

/// <summary>What a function's container works for.</summary>
/// <param name="Id">The function's.</param>
/// <param name="DefinitionId">As which it was started.</param>
/// <param name="IsRestricted">Whether it may use nothing of the appliance but what its own work takes.</param>
/// <param name="Cluster">The containers that it works with; null where it works alone.</param>
/// <param name="AllowsSnapshots">Whether it may go on from a memory snapshot of another, or have one made.</param>
public sealed record FunctionOfTask(string Id, string DefinitionId, bool IsRestricted, ClusterOfTask? Cluster = null, bool AllowsSnapshots = false);

/// <summary>A container's place in a cluster.</summary>
/// <param name="Id">The cluster's.</param>
/// <param name="Rank">From 0.</param>
/// <param name="Tasks">All of its containers, by rank.</param>
public sealed record ClusterOfTask(string Id, int Rank, IReadOnlyList<string> Tasks);

/// <summary>In characters.</summary>
public sealed record SandboxTerminal(uint Rows, uint Columns);

/// <summary>A port of the sandbox that is reached from outside.</summary>
/// <param name="Number">Inside.</param>
/// <param name="IsPlain">Also without TLS.</param>
/// <param name="IsHttp2">TLS with ALPN h2.</param>
public sealed record SandboxPort(uint Number, bool IsPlain, bool IsHttp2);

/// <summary>What a sandbox may reach.</summary>
public sealed record SandboxNetwork(SandboxNetworkKind Kind, IReadOnlyList<string> Cidrs, IReadOnlyList<string> Domains);

[JsonConverter(typeof(JsonStringEnumConverter<SandboxNetworkKind>))]
public enum SandboxNetworkKind
{
    Open,
    Blocked,
    Allowlist,
}

/// <summary>When a sandbox counts as ready: a port answers, or a command ends with 0.</summary>
public sealed record SandboxProbe(uint? TcpPort, IReadOnlyList<string>? Command, int IntervalMs);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxDefinition))]
internal sealed partial class SandboxJson : JsonSerializerContext;
