using Appliance.Core.Lifetime;

namespace Appliance.Tests.Lifetime;

public sealed class SteadyClockTests
{
    [Fact]
    public void WhenTheTimeOfDayJumps_ItGoesOnCounting()
    {
        var machine = new JumpingTime();
        var clock = new SteadyClock(machine);
        DateTimeOffset start = clock.GetUtcNow();

        machine.Jump = TimeSpan.FromDays(20_000);
        machine.Ticks += TimeSpan.TicksPerSecond;

        Assert.Equal(start + TimeSpan.FromSeconds(1), clock.GetUtcNow());
        machine.Jump = TimeSpan.FromDays(-20_000);
        Assert.Equal(start + TimeSpan.FromSeconds(1), clock.GetUtcNow());
    }

    private sealed class JumpingTime : TimeProvider
    {
        public TimeSpan Jump { get; set; }

        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Jump + TimeSpan.FromTicks(Ticks);
    }
}
