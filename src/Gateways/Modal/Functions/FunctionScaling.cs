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
            asked.TaskIdleTimeoutSecs == 0 ? PoolScaling.DefaultIdleTime : TimeSpan.FromSeconds(asked.TaskIdleTimeoutSecs));
        return settings is null ? old : Apply(old, settings);
    }

    public static PoolScaling Apply(PoolScaling present, AutoscalerSettings settings) => new(
        settings.HasMinContainers ? (int)settings.MinContainers : present.Min,
        settings.HasMaxContainers && settings.MaxContainers > 0 ? (int)settings.MaxContainers : present.Max,
        settings.HasBufferContainers ? (int)settings.BufferContainers : present.Buffer,
        settings.HasScaledownWindow && settings.ScaledownWindow > 0 ? TimeSpan.FromSeconds(settings.ScaledownWindow) : present.IdleTime);

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

        return settings;
    }

    public static PoolScaling Read(byte[] stored, PoolScaling present) => Apply(present, AutoscalerSettings.Parser.ParseFrom(stored));
}
