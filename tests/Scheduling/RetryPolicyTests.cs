using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Scheduling;

public sealed class RetryPolicyTests
{
    [Fact]
    public void None_NeverTriesAgain() => Assert.Null(RetryPolicy.None.DelayAfter(0));

    [Fact]
    public void Delays_GrowByTheirFactorUpToTheLongest()
    {
        var policy = new RetryPolicy(6, TimeSpan.FromSeconds(1), 2, TimeSpan.FromSeconds(10));

        Assert.Equal([1d, 2, 4, 8, 10, 10, null], Enumerable.Range(0, 7).Select(each => policy.DelayAfter(each)?.TotalSeconds));
    }

    [Fact]
    public void Delays_OfAFactorBelowOne_DoNotShrink()
    {
        var policy = new RetryPolicy(3, TimeSpan.FromSeconds(2), 0, TimeSpan.Zero);

        Assert.Equal([2d, 2, 2, null], Enumerable.Range(0, 4).Select(each => policy.DelayAfter(each)?.TotalSeconds));
    }

    [Fact]
    public void Delays_OfVeryManyAttempts_StayFinite()
    {
        var policy = new RetryPolicy(int.MaxValue, TimeSpan.FromSeconds(1), 10, TimeSpan.FromSeconds(60));

        Assert.Equal(60, policy.DelayAfter(100_000)!.Value.TotalSeconds);
    }
}
