using Appliance.Engine.Pools;

namespace Appliance.Tests.Engine.Pools;

/// <summary>Thousands of functions and few GPUs: everybody gets a turn, however much others have to do.</summary>
public sealed class CrowdedMachineTests
{
    private const int Gpus = 4;

    [Theory]
    [InlineData(1, 20_000, 1000, 1000)]
    [InlineData(2, 20_000, 3000, 1000)]
    [InlineData(3, 1_000_000, 5000, 20)]
    public async Task AFunctionWithEndlessWork_KeepsNobodyElseWaitingForLong(int seed, int hotInputs, int coldPools, int workMilliseconds)
    {
        var random = new Random(seed);
        using var machine = new CrowdedMachine(Gpus) { WorkTime = TimeSpan.FromMilliseconds(workMilliseconds) };
        DateTimeOffset start = machine.Clock.GetUtcNow();
        DateTimeOffset end = start + TimeSpan.FromMilliseconds((double)hotInputs * workMilliseconds / Gpus);
        FunctionPool hot = machine.AddPool(containersMax: Gpus);
        TimeSpan coldWait = TimeSpan.Zero;
        machine.At(start, () =>
        {
            for (int number = 0; number < hotInputs; number++)
            {
                machine.Put(hot);
            }
        });
        // Half of the machine, when each has to be started, works, and idles a moment.
        TimeSpan coldTime = CrowdedMachine.StartTime + TimeSpan.FromSeconds(3) + machine.WorkTime;
        int coldInputs = (int)((end - start) / coldTime * Gpus / 2);
        FunctionPool[] cold = [.. Enumerable.Range(0, coldPools).Select(_ => machine.AddPool(containersMax: 2))];
        machine.ColdWait = wait => coldWait = wait > coldWait ? wait : coldWait;
        machine.Hot = hot.Id;
        for (int number = 0; number < coldInputs; number++)
        {
            FunctionPool pool = cold[random.Next(coldPools)];
            machine.At(start + ((end - start) * random.NextDouble()), () => machine.Put(pool));
        }

        await machine.RunToEndAsync();

        Assert.Equal(hotInputs + coldInputs, machine.Ended);
        Assert.True(coldWait < TimeSpan.FromMinutes(5), $"One waited for {coldWait}.");
        Assert.True(machine.Clock.GetUtcNow() - start < (end - start) * 4, "Most of the time went into starting containers.");
    }
}
