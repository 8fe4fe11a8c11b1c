using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>What a function is bound with beside parameters (contracts/modal.md §3): lists replace or add, unset numbers stay.</summary>
internal static class FunctionOptionWords
{
    public static FunctionDefinition Apply(FunctionDefinition present, FunctionOptions options) => present with
    {
        SecretIds = options.ReplaceSecretIds ? [.. options.SecretIds] : [.. present.SecretIds, .. options.SecretIds],
        MountIds = [.. present.MountIds, .. options.MountIds],
        Volumes = [.. options.ReplaceVolumeMounts ? [] : present.Volumes, .. options.VolumeMounts.Select(VolumeWords.ToNeutral)],
        Resources = options.Resources is { } resources ? ResourceWords.Over(present.Resources, resources) : present.Resources,
        Retry = options.RetryPolicy is { } retry ? FunctionWords.ToRetry(retry) : present.Retry,
        TimeoutSeconds = options.HasTimeoutSecs ? (int)Math.Max(1, options.TimeoutSecs) : present.TimeoutSeconds,
        Scaling = present.Scaling with
        {
            Min = options.HasWarmPoolSize ? (int)options.WarmPoolSize : present.Scaling.Min,
            Max = options.HasConcurrencyLimit && options.ConcurrencyLimit > 0 ? (int)options.ConcurrencyLimit : present.Scaling.Max,
            Buffer = options.HasBufferContainers ? (int)options.BufferContainers : present.Scaling.Buffer,
            IdleTime = options.HasTaskIdleTimeoutSecs ? TimeSpan.FromSeconds(options.TaskIdleTimeoutSecs) : present.Scaling.IdleTime,
        },
        Concurrency = options.HasTargetConcurrentInputs && options.TargetConcurrentInputs > 0 ? (int)options.TargetConcurrentInputs
            : options.HasMaxConcurrentInputs && options.MaxConcurrentInputs > 0 ? (int)options.MaxConcurrentInputs
            : present.Concurrency,
        BatchMax = options.HasBatchMaxSize && options.BatchMaxSize > 0 ? (int)options.BatchMaxSize : present.BatchMax,
    };

    /// <summary>The same for what a container is told it is.</summary>
    public static void Apply(Function told, FunctionOptions options)
    {
        if (options.HasMaxConcurrentInputs)
        {
            told.MaxConcurrentInputs = options.MaxConcurrentInputs;
        }

        if (options.HasTargetConcurrentInputs)
        {
            told.TargetConcurrentInputs = options.TargetConcurrentInputs;
        }

        if (options.HasBatchMaxSize)
        {
            told.BatchMaxSize = options.BatchMaxSize;
        }

        if (options.HasBatchLingerMs)
        {
            told.BatchLingerMs = options.BatchLingerMs;
        }

        if (options.HasTimeoutSecs)
        {
            told.TimeoutSecs = options.TimeoutSecs;
        }

        if (options.ReplaceVolumeMounts)
        {
            told.VolumeMounts.Clear();
        }

        told.VolumeMounts.AddRange(options.VolumeMounts);
    }
}

/// <summary>Volumes of containers.</summary>
internal static class VolumeWords
{
    public static SandboxVolume ToNeutral(VolumeMount mount) =>
        new(mount.VolumeId, mount.MountPath, mount.ReadOnly, mount.HasSubPath ? mount.SubPath : null);
}
