using System.Text.Json;
using System.Text.Json.Serialization;
using Appliance.Engine.Sandboxes;
using Appliance.Scheduling.Pools;
using Appliance.Scheduling.Schedules;

namespace Appliance.Engine.Functions;

/// <summary>What a function is, as far as running its containers goes.</summary>
public sealed record FunctionDefinition
{
    public const int DefaultTimeoutSeconds = 300;

    public required string Name { get; init; }

    public required string ImageId { get; init; }

    public IReadOnlyList<string> MountIds { get; init; } = [];

    public IReadOnlyList<string> SecretIds { get; init; } = [];

    public IReadOnlyList<SandboxVolume> Volumes { get; init; } = [];

    public SandboxResources Resources { get; init; } = new();

    public bool BlocksNetwork { get; init; }

    public string? Runtime { get; init; }

    /// <summary>For one input.</summary>
    public int TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    /// <summary>From the start of a container until it asks for its first input.</summary>
    public int StartupTimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    public RetryPolicy Retry { get; init; } = RetryPolicy.None;

    public PoolScaling Scaling { get; init; } = new(0, null, 0, PoolScaling.DefaultIdleTime);

    /// <summary>How many inputs may begin in which time; null for as many as come.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>How many inputs a container is meant to work on at once.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>How many containers work on each input together; 0 where each works alone, without the network of a cluster.</summary>
    public int ClusterSize { get; init; }

    /// <summary>How many inputs come together at most.</summary>
    public int BatchMax { get; init; } = 1;

    /// <summary>Whether its containers may use nothing of the appliance but what their own work takes.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>Where its program has a terminal; null for none.</summary>
    public SandboxTerminal? Terminal { get; init; }

    /// <summary>Whether its containers may go on from a memory snapshot of the first one.</summary>
    public bool AllowsSnapshots { get; init; }

    /// <summary>When it runs by itself; null for never.</summary>
    public FunctionSchedule? Schedule { get; init; }

    /// <summary>Null for one whose containers serve no port.</summary>
    public FunctionServer? Server { get; init; }

    /// <summary>How many inputs can be with containers at once.</summary>
    [JsonIgnore]
    public int PerContainer => Math.Max(1, Concurrency) * Math.Max(1, BatchMax);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, FunctionJson.Default.FunctionDefinition);

    public static FunctionDefinition Read(byte[] stored) => JsonSerializer.Deserialize(stored, FunctionJson.Default.FunctionDefinition)!;
}

/// <summary>Which functions and classes an app has, and what each is defined as.</summary>
/// <param name="Functions">By name.</param>
/// <param name="Classes">Their ids by name.</param>
public sealed record AppLayout(
    IReadOnlyDictionary<string, AppFunction> Functions, IReadOnlyDictionary<string, string> Classes)
{
    public static AppLayout Empty { get; } = new(new Dictionary<string, AppFunction>(), new Dictionary<string, string>());

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, FunctionJson.Default.AppLayout);

    public static AppLayout Read(byte[] stored) => JsonSerializer.Deserialize(stored, FunctionJson.Default.AppLayout)!;
}

public sealed record AppFunction(string Id, string DefinitionId);

[JsonSerializable(typeof(FunctionDefinition))]
[JsonSerializable(typeof(AppLayout))]
internal sealed partial class FunctionJson : JsonSerializerContext;
