using Appliance.Scheduling.Admission;

namespace Appliance.Tests.Scheduling.Admission;

/// <summary>Long runs with chance from a seed: what must hold whoever comes and goes.</summary>
public sealed class AdmissionSimulationTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly MachineCapacity Machine = new(4, 16_000, CpuOvercommit: 2);

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(300)]
    [InlineData(4000)]
    public void TheFirstInTheLine_StartsAtTheLatestWhenThoseWhoWereThereAreGone(int seed)
    {
        var random = new Random(seed);
        var world = new World(Machine);
        string? first = null;
        HashSet<string> before = [];
        int claims = 0;
        for (int step = 0; step < 4000; step++)
        {
            if (random.Next(2) == 0 || world.Running.Count == 0)
            {
                bool isLarge = random.Next(10) == 0;
                world.Ask(isLarge
                    ? new ResourceRequest(random.Next(1, 4001), random.Next(8_000, 16_001))
                    : new ResourceRequest(random.Next(1, 1000), random.Next(1, 2000)));
            }
            else
            {
                world.End(random.Next(world.Running.Count));
            }

            world.Look();
            Assert.True(world.Desk.Used.FitsIn(Machine.Total));
            if (world.First != first)
            {
                first = world.First;
                before = [.. world.Running];
                claims++;
            }

            before.IntersectWith(world.Running);
            Assert.True(first is null || before.Count > 0, $"{first} waits although all who ran when it became the first are gone (step {step}).");
        }

        Assert.True(claims > 50, $"Only {claims} requests ever had to wait.");
    }

    [Fact]
    public void AHundredThousandWhoWait_AreServedInTheirOrder()
    {
        const int Count = 100_000;
        var desk = new AdmissionDesk(Machine);
        _ = desk.AdmitAsync(new AdmissionRequest("holder", Machine.Largest, Start), default);
        var waiting = new Task<AdmissionLease>[Count];
        for (int number = 0; number < Count; number++)
        {
            waiting[number] = desk.AdmitAsync(new AdmissionRequest($"{number}", Machine.Largest, Start.AddSeconds(number)), default);
        }

        Assert.Equal(Count, desk.WaitingCount);
        desk.Release("holder");
        for (int number = 0; number < Count; number++)
        {
            Assert.True(waiting[number].IsCompletedSuccessfully, $"{number} should run.");
            Assert.True(number + 1 == Count || !waiting[number + 1].IsCompleted);
            desk.Release($"{number}");
        }

        Assert.Equal(default, desk.Used);
    }

    /// <summary>Tasks that come and go, in the order of their numbers.</summary>
    private sealed class World(MachineCapacity machine)
    {
        private readonly SortedDictionary<int, Task<AdmissionLease>> waiting = [];
        private int last;

        public AdmissionDesk Desk { get; } = new(machine);

        public List<string> Running { get; } = [];

        public string? First => waiting.Count == 0 ? null : $"{waiting.First().Key}";

        public void Ask(ResourceRequest wanted)
        {
            int number = ++last;
            waiting[number] = Desk.AdmitAsync(new AdmissionRequest($"{number}", wanted, Start.AddSeconds(number)), default);
        }

        public void End(int index)
        {
            string owner = Running[index];
            Running.RemoveAt(index);
            Desk.Release(owner);
        }

        public void Look()
        {
            foreach ((int number, Task<AdmissionLease> task) in waiting.Where(each => each.Value.IsCompleted).ToArray())
            {
                Assert.True(task.IsCompletedSuccessfully);
                waiting.Remove(number);
                Running.Add($"{number}");
            }
        }
    }
}
