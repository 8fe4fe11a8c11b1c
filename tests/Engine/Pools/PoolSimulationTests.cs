namespace Appliance.Tests.Engine.Pools;

public sealed class PoolSimulationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task WhateverHappens_EachInputEndsOnceAndIsNeverWithTwoContainers(int seed)
    {
        using var simulation = new PoolSimulation(seed);

        await simulation.RunAsync(steps: 4000);

        Assert.True(simulation.Ended > 500, $"Only {simulation.Ended} inputs came to an end: the simulation tests nothing.");
    }
}
