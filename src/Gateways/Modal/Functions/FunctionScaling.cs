using Appliance.Core.Errors;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;

namespace Appliance.Gateways.Modal.Functions;

/// <summary>How many containers a function has, in this protocol's words and in neutral ones.</summary>
internal static class FunctionScaling
{
    /// <summary>Old clients send the same in four fields of their own.</summary>
    public static PoolScaling Of(Function asked)
    {
        AutoscalerSettings? settings = asked.AutoscalerSettings;
        var old = new PoolScaling(
            (int)asked.WarmPoolSize,
            asked.ConcurrencyLimit == 0 ? null : (int)asked.ConcurrencyLimit,
            (int)asked.ExperimentalBufferContainers,
            asked.TaskIdleTimeoutSecs == 0 ? PoolScaling.DefaultIdleTime : TimeSpan.FromSeconds(asked.TaskIdleTimeoutSecs),
            ServerWords.TargetOf(asked));
        return settings is null ? old : Apply(old, settings);
    }

    public static PoolScaling Apply(PoolScaling present, AutoscalerSettings settings) => new(
        settings.HasMinContainers ? (int)settings.MinContainers : present.Min,
        settings.HasMaxContainers && settings.MaxContainers > 0 ? (int)settings.MaxContainers : present.Max,
        settings.HasBufferContainers ? (int)settings.BufferContainers : present.Buffer,
        settings.HasScaledownWindow && settings.ScaledownWindow > 0 ? TimeSpan.FromSeconds(settings.ScaledownWindow) : present.IdleTime,
        settings.HasTargetConcurrencyFloat ? TargetOf(settings.TargetConcurrencyFloat) : settings.HasTargetConcurrency ? settings.TargetConcurrency : present.Target,
        settings.HasScaleupWindow ? TimeSpan.FromSeconds(settings.ScaleupWindow) : present.GrowTime);

    public static AutoscalerSettings ToSettings(PoolScaling scaling)
    {
        var settings = new AutoscalerSettings
        {
            MinContainers = (uint)scaling.Min,
            BufferContainers = (uint)scaling.Buffer,
            ScaledownWindow = (uint)scaling.IdleTime.TotalSeconds,
        };
        if (scaling.Max is { } max)
        {
            settings.MaxContainers = (uint)max;
        }

        if (scaling.Target is { } target)
        {
            settings.TargetConcurrencyFloat = target;
        }

        if (scaling.GrowTime > TimeSpan.Zero)
        {
            settings.ScaleupWindow = (uint)scaling.GrowTime.TotalSeconds;
        }

        return settings;
    }

    /// <exception cref="ApplianceException">InvalidArgument: no number of requests.</exception>
    private static double TargetOf(double asked) => double.IsFinite(asked) && asked >= 0
        ? asked
        : throw new ApplianceException(ErrorKind.InvalidArgument, $"A target concurrency of {asked} cannot be: name a number from 0.");

    public static PoolScaling Read(byte[] stored, PoolScaling present) => Apply(present, AutoscalerSettings.Parser.ParseFrom(stored));
}
