using Appliance.Scheduling.Pools;

namespace Appliance.Tests.Scheduling;

public sealed class PoolScalingTests
{
    [Theory]
    [InlineData(0, null, 0, 0, 1, 0)]
    [InlineData(0, null, 0, 5, 1, 5)]
    [InlineData(0, null, 0, 5, 2, 3)]
    [InlineData(0, null, 0, 50, 1, 8)]
    [InlineData(0, 3, 0, 50, 1, 3)]
    [InlineData(0, 20, 0, 50, 1, 20)]
    [InlineData(2, null, 0, 0, 1, 2)]
    [InlineData(2, null, 0, 1, 1, 2)]
    [InlineData(0, null, 2, 0, 1, 0)]
    [InlineData(0, null, 2, 1, 1, 3)]
    [InlineData(0, 2, 2, 1, 1, 2)]
    [InlineData(12, null, 0, 50, 1, 12)]
    [InlineData(4, 2, 0, 50, 1, 4)]
    public void Wanted_IsWhatIsNeeded_WithinTheLimits(int min, int? max, int buffer, int inputs, int perContainer, int expected) =>
        Assert.Equal(expected, new PoolScaling(min, max, buffer, TimeSpan.Zero).Wanted(inputs, perContainer, machineMax: 8));
}
