namespace Appliance.Tests.Engine.Pools;

public sealed class GangSimulationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task WhateverHappensToMembers_EachInputEndsOnceAndIsWithOneGang(int seed)
    {
        using var simulation = new GangSimulation(seed);

        await simulation.RunAsync(steps: 4000);

        Assert.True(simulation.Ended > 200, $"Only {simulation.Ended} inputs came to an end: the simulation tests nothing.");
    }
}
