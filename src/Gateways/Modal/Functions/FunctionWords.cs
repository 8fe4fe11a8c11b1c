using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Modal.Sandboxes;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Google.Protobuf;
using RateLimit = Appliance.Scheduling.Pools.RateLimit;
using RetryPolicy = Appliance.Scheduling.Pools.RetryPolicy;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>Functions in this protocol's words and in neutral ones.</summary>
public sealed class FunctionWords(ContainerArgumentsWriter arguments) : IFunctionWords
{
    private const int BatchMax = 1000;

    /// <summary>How many containers a cluster may have.</summary>
    public const int ClusterMax = 64;

    /// <summary>What the client sent; of a list of alternatives the one that it would like best.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: there is none.</exception>
    public static Function ReadSent(byte[] sent) => Concrete(FunctionCreateRequest.Parser.ParseFrom(sent));

    /// <inheritdoc cref="ReadSent"/>
    public static Function Concrete(FunctionCreateRequest request) =>
        request.Function ?? request.FunctionData?.RankedFunctions.OrderBy(each => each.Rank).FirstOrDefault()?.Function
        ?? throw new ApplianceException(ErrorKind.InvalidArgument, "The request defines no function.");

    public byte[] WriteArguments(ReadTransaction read, LiveSandbox container, string task, string checkpoint) =>
        arguments.Write(read, container, task, checkpoint).ToByteArray();

    public FunctionDefinition Resolve(FunctionRecord function, FunctionDefinitionRecord definition)
    {
        FunctionDefinition own = FunctionDefinition.Read(definition.Definition);
        if (function.Options is { Length: > 0 } options)
        {
            own = FunctionOptionWords.Apply(own, FunctionOptions.Parser.ParseFrom(options));
        }

        return function.Scaling is { } scaling ? own with { Scaling = FunctionScaling.Read(scaling, own.Scaling) } : own;
    }

    /// <exception cref="ApplianceException">InvalidArgument: what can never be. Unimplemented: what this server does not offer.</exception>
    public static FunctionDefinition ToDefinition(Function asked)
    {
        Check(asked);
        int timeout = asked.TimeoutSecs == 0 ? FunctionDefinition.DefaultTimeoutSeconds : (int)Math.Min(asked.TimeoutSecs, int.MaxValue);
        return new FunctionDefinition
        {
            Name = asked.FunctionName,
            ImageId = ObjectId.Read<ImageId>(asked.ImageId).Text,
            MountIds = [.. asked.MountIds],
            SecretIds = [.. asked.SecretIds],
            Volumes =
            [
                .. asked.VolumeMounts.Select(VolumeWords.ToNeutral),
                .. asked.SharedVolumeMounts.Select(mount => new SandboxVolume(mount.SharedVolumeId, mount.MountPath, false, null)),
            ],
            Resources = ResourceWords.ToNeutral(asked.Resources),
            BlocksNetwork = asked.BlockNetwork,
            Runtime = asked.Runtime is "gvisor" ? asked.Runtime : null,
            TimeoutSeconds = timeout,
            StartupTimeoutSeconds = asked.StartupTimeoutSecs == 0 ? timeout : (int)Math.Min(asked.StartupTimeoutSecs, int.MaxValue),
            Server = ServerWords.ToNeutral(asked),
            Retry = ToRetry(asked.RetryPolicy),
            Scaling = FunctionScaling.Of(asked),
            RateLimit = ToRateLimit(asked.RateLimit),
            Concurrency = (int)Math.Max(1, asked.TargetConcurrentInputs > 0 ? asked.TargetConcurrentInputs : asked.MaxConcurrentInputs),
            BatchMax = (int)Math.Max(1, asked.BatchMaxSize),
            ClusterSize = (int)asked.ExperimentalGroupSize,
            IsRestricted = asked.Untrusted,
            Terminal = asked.PtyInfo is { PtyType: not PTYInfo.Types.PTYType.Unspecified } pty ? new SandboxTerminal(pty.WinszRows, pty.WinszCols) : null,
            AllowsSnapshots = asked is { CheckpointingEnabled: true, IsBuilderFunction: false, ExperimentalGroupSize: 0 } && !ServerWords.IsServer(asked),
            Schedule = ScheduleWords.ToNeutral(asked.FunctionName, asked.Schedule),
        };
    }

    private static RateLimit? ToRateLimit(Protos.Modal.RateLimit? asked) => asked switch
    {
        null or { Limit: 0 } => null,
        { Limit: < 0 or > RateLimit.CountMax } => throw new ApplianceException(
            ErrorKind.InvalidArgument, $"A rate limit of {asked.Limit} cannot be: it is between 1 and {RateLimit.CountMax}, or 0 for none."),
        { Interval: RateLimitInterval.Second } => new(asked.Limit, TimeSpan.FromSeconds(1)),
        { Interval: RateLimitInterval.Minute } => new(asked.Limit, TimeSpan.FromMinutes(1)),
        _ => throw new ApplianceException(ErrorKind.InvalidArgument, $"A rate limit is for a second or a minute, not for interval {(int)asked.Interval}."),
    };

    public static RetryPolicy ToRetry(FunctionRetryPolicy? asked) => asked is null or { Retries: 0 }
        ? RetryPolicy.None
        : new RetryPolicy(
            (int)Math.Min(asked.Retries, int.MaxValue),
            TimeSpan.FromMilliseconds(asked.InitialDelayMs),
            asked.BackoffCoefficient,
            TimeSpan.FromMilliseconds(asked.MaxDelayMs));

    /// <summary>Null for none.</summary>
    public static FunctionRetryPolicy? ToSent(RetryPolicy retry) => retry.Retries == 0
        ? null
        : new FunctionRetryPolicy
        {
            Retries = (uint)retry.Retries,
            InitialDelayMs = (uint)retry.InitialDelay.TotalMilliseconds,
            BackoffCoefficient = (float)retry.Factor,
            MaxDelayMs = (uint)retry.DelayMax.TotalMilliseconds,
        };

    private static void Check(Function asked)
    {
        if (asked.FunctionName.Length == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A function needs a name; the definition has none.");
        }

        if (asked.BatchMaxSize > BatchMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Function '{asked.FunctionName}' asks for batches of {asked.BatchMaxSize}; the most is {BatchMax}.");
        }

        if (asked.ExperimentalGroupSize > ClusterMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Function '{asked.FunctionName}' asks for clusters of {asked.ExperimentalGroupSize} containers; the most is {ClusterMax}.");
        }

        if (asked.ExperimentalGroupSize > 0 && (ServerWords.IsServer(asked) || asked.WebhookConfig is { Type: not WebhookType.Unspecified }))
        {
            throw new ApplianceException(ErrorKind.Unimplemented, $"Function '{asked.FunctionName}' is a web endpoint that runs in clusters, which this appliance does not offer: a request has one answer. Call a clustered function from a web endpoint.");
        }

        if (asked.CloudBucketMounts.Count + asked.S3Mounts.Count > 0)
        {
            throw new ApplianceException(ErrorKind.Unimplemented, $"Function '{asked.FunctionName}' mounts a cloud bucket, which this appliance does not offer: use a volume.");
        }

        PlacementWords.Check(asked.CloudProviderStr, asked.SchedulerPlacement);
    }
}
