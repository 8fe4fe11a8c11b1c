namespace Appliance.Core.Lifetime;

/// <summary>
/// A clock for what is measured while the server runs: it begins with the time of day and then only counts. A machine without
/// a battery may learn years after its start what time it is; nothing that runs may end for that.
/// </summary>
public sealed class SteadyClock : TimeProvider
{
    private readonly TimeProvider machine;
    private readonly DateTimeOffset startedAt;
    private readonly long started;

    public SteadyClock(TimeProvider machine)
    {
        this.machine = machine;
        startedAt = machine.GetUtcNow();
        started = machine.GetTimestamp();
    }

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => startedAt + machine.GetElapsedTime(started);

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);
}
