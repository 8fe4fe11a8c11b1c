using Appliance.Core.Errors;
using Appliance.Gpus;
using Appliance.Gpus.Leases;

namespace Appliance.Tests.Gpus.Leases;

public sealed class GpuPoolTests : IDisposable
{
    private const string L4 = "NVIDIA L4";

    private readonly GpuTree tree = GpuTree.With(2);
    private readonly GpuPool pool;
    private int moment;

    public GpuPoolTests() => pool = PoolOf(tree);

    public void Dispose() => tree.Dispose();

    [Fact]
    public async Task Lease_OfEachCard_GivesItToOneTaskAtATime()
    {
        Assert.Equal(["GPU-0"], await AskAsync("a", "H100"));
        Assert.Equal(["GPU-1"], await AskAsync("b", "any"));
        Task<string[]> third = AskAsync("c", "H100");
        await ShouldWaitAsync(third);
        Assert.Contains("waits for gpu=\"H100\"", pool.ExplainWait("c"));

        pool.Release("a");

        Assert.Equal(["GPU-0"], await third);
        Assert.Null(pool.ExplainWait("c"));
    }

    [Fact]
    public async Task Lease_OfThoseWhoWait_IsInTheOrderOfAsking()
    {
        await AskAsync("a", "H100:2");
        Task<string[]> large = AskAsync("large", "H100:2");
        await ShouldWaitAsync(large);
        Task<string[]> small = AskAsync("small", "H100");
        await ShouldWaitAsync(small, waiting: 2);
        Assert.EndsWith("It is next.", pool.ExplainWait("large"));
        Assert.EndsWith("One other is before it.", pool.ExplainWait("small"));

        pool.Release("a");

        Assert.Equal(["GPU-0", "GPU-1"], await large);
        await ShouldWaitAsync(small);
        pool.Release("large");
        Assert.Equal(["GPU-0"], await small);
    }

    [Fact]
    public async Task Lease_OfAFreeCard_IsKeptForTheLargeRequestThatWaitsForTwo()
    {
        await AskAsync("a", "H100");
        Task<string[]> large = AskAsync("large", "H100:2");
        await ShouldWaitAsync(large);
        Task<string[]> small = AskAsync("small", "H100");
        await ShouldWaitAsync(small);

        pool.Release("a");

        Assert.Equal(["GPU-0", "GPU-1"], await large);
    }

    [Fact]
    public async Task Divide_OfALease_GivesEachItsOwnCards()
    {
        await AskAsync("a", "H100:2");

        IReadOnlyList<GpuAttachment> parts = pool.Divide(["a", "b"]);

        Assert.Equal(["GPU-0", "GPU-1"], parts.Select(part => Assert.Single(part.Devices).Id));
        Task<string[]> next = AskAsync("c", "H100");
        await ShouldWaitAsync(next);
        pool.Release("b");
        Assert.Equal(["GPU-1"], await next);
    }

    [Fact]
    public async Task Lease_OfAnotherModel_PassesThoseWhoWait()
    {
        using GpuTree mixed = GpuTree.With(new StubCard(StubCard.H100, 0), new StubCard(L4, 1));
        GpuPool pair = PoolOf(mixed);
        await AskAsync("a", "H100", pair);
        Task<string[]> waiting = AskAsync("b", "H100", pair);
        await ShouldWaitAsync(waiting, pair);

        Assert.Equal(["GPU-1"], await AskAsync("c", "L4", pair));
    }

    [Fact]
    public async Task Lease_OfAList_TakesTheFirstThatIsFree()
    {
        using GpuTree mixed = GpuTree.With(new StubCard(StubCard.H100, 0), new StubCard(L4, 1));
        GpuPool pair = PoolOf(mixed);
        Assert.Equal(["GPU-0"], await AskAsync("a", "B200,H100,L4", pair));
        Assert.Equal(["GPU-1"], await AskAsync("b", "B200,H100,L4", pair));
    }

    [Fact]
    public async Task Lease_OfSeveral_IsOfOneModel()
    {
        using GpuTree mixed = GpuTree.With(new StubCard(StubCard.H100, 0), new StubCard(L4, 1), new StubCard(L4, 2));
        Assert.Equal(["GPU-1", "GPU-2"], await AskAsync("a", "any:2", PoolOf(mixed)));
    }

    [Fact]
    public async Task Lease_ThatIsGivenUp_LetsTheNextPass()
    {
        await AskAsync("a", "H100");
        using var givenUp = new CancellationTokenSource();
        Task<GpuAttachment> large = pool.LeaseAsync("large", GpuRequest.Parse("H100:2"), Next(), givenUp.Token);
        await ShouldWaitAsync(large);
        Task<string[]> small = AskAsync("small", "H100");
        await ShouldWaitAsync(small);

        await givenUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        Assert.Equal(["GPU-1"], await small);
    }

    [Fact]
    public async Task Hold_OfAnEarlierServersLease_KeepsItUntilItsRelease()
    {
        pool.Hold("old", ["GPU-0"]);
        Assert.Equal(["GPU-1"], await AskAsync("new", "H100"));
        Task<string[]> next = AskAsync("next", "H100");
        await ShouldWaitAsync(next);

        pool.Release("old");

        Assert.Equal(["GPU-0"], await next);
    }

    [Fact]
    public async Task Lease_AfterARestart_ServesTheEarlierRequestFirstWhoeverComesFirst()
    {
        pool.Hold("old", ["GPU-0", "GPU-1"]);
        Task<GpuAttachment> later = pool.LeaseAsync("later", GpuRequest.Parse("H100"), DateTimeOffset.UnixEpoch.AddHours(2), default);
        await ShouldWaitAsync(later);
        Task<GpuAttachment> earlier = pool.LeaseAsync("earlier", GpuRequest.Parse("H100:2"), DateTimeOffset.UnixEpoch.AddHours(1), default);
        await ShouldWaitAsync(earlier);

        pool.Release("old");

        Assert.Equal(2, (await earlier).Devices.Count);
        await ShouldWaitAsync(later);
    }

    [Fact]
    public async Task Expect_OfOneThatWaitedBefore_KeepsItsPlaceUntilItComes()
    {
        pool.Hold("old", ["GPU-0"]);
        pool.Expect("large", GpuRequest.Parse("H100:2"), DateTimeOffset.UnixEpoch);
        Task<string[]> small = AskAsync("small", "H100");
        await ShouldWaitAsync(small, waiting: 2);
        Task<GpuAttachment> large = pool.LeaseAsync("large", GpuRequest.Parse("H100:2"), DateTimeOffset.UnixEpoch, default);
        await ShouldWaitAsync(large, waiting: 2);

        pool.Release("old");

        Assert.Equal(2, (await large).Devices.Count);
        await ShouldWaitAsync(small);
    }

    [Fact]
    public async Task Expect_OfOneThatNeverComes_IsOverWithItsRelease()
    {
        pool.Expect("large", GpuRequest.Parse("H100:2"), DateTimeOffset.UnixEpoch);
        Task<string[]> small = AskAsync("small", "H100");
        await ShouldWaitAsync(small, waiting: 2);

        pool.Release("large");

        Assert.Equal(["GPU-0"], await small);
    }

    [Fact]
    public async Task Lease_AgainOfAStartThatWasCutShort_TakesTheSamePlace()
    {
        pool.Hold("cut", ["GPU-0", "GPU-1"]);
        Assert.Equal(["GPU-0"], await AskAsync("cut", "H100"));
        Assert.Equal(["GPU-1"], await AskAsync("next", "H100"));
    }

    [Fact]
    public async Task Lease_ByManyAtOnce_NeverSharesACard()
    {
        var users = new int[2];
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async index =>
        {
            string[] devices = await AskAsync($"task-{index}", index % 3 == 0 ? "H100:2" : "any");
            foreach (string device in devices)
            {
                Assert.Equal(1, Interlocked.Increment(ref users[device[^1] - '0']));
            }

            await Task.Yield();
            foreach (string device in devices)
            {
                Interlocked.Decrement(ref users[device[^1] - '0']);
            }

            pool.Release($"task-{index}");
        })).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, pool.WaitingCount);
    }

    [Theory]
    [InlineData("H1000", ErrorKind.InvalidArgument, "Not a valid GPU type: 'H1000'; this machine has 2 × NVIDIA H100 80GB HBM3. Ask for gpu=\"H100\", or gpu=\"any\".")]
    [InlineData("T4", ErrorKind.FailedPrecondition, "gpu=\"T4\" cannot be had: this machine has 2 × NVIDIA H100 80GB HBM3. Ask for gpu=\"H100\", or gpu=\"any\".")]
    [InlineData("H100:3", ErrorKind.FailedPrecondition, "gpu=\"H100:3\" cannot be had: this machine has 2 × NVIDIA H100 80GB HBM3. Ask for at most 2.")]
    [InlineData("any:3", ErrorKind.FailedPrecondition, "Ask for at most 2.")]
    [InlineData("T4,B200:2", ErrorKind.FailedPrecondition, "Ask for gpu=\"H100\", or gpu=\"any\".")]
    public async Task Check_OfWhatIsNotThere_SaysWhatThereIs(string asked, ErrorKind kind, string words)
    {
        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => pool.CheckAsync(GpuRequest.Parse(asked)));
        Assert.Equal(kind, refusal.Kind);
        Assert.Contains(words, refusal.Message);
    }

    [Fact]
    public async Task Check_WithoutAnyGpu_SaysWhyAndWhatToDo()
    {
        var none = new GpuPool(new GpuWatch(new GpuMachine("/no/such") { ReadDriver = () => null }));
        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => none.CheckAsync(GpuRequest.Parse("any")));
        Assert.Equal(ErrorKind.FailedPrecondition, refusal.Kind);
        Assert.Contains("no driver, no device nodes", refusal.Message);
        Assert.Contains("appliance doctor", refusal.Message);
    }

    [Fact]
    public async Task Lease_OfACardWhoseNodeHasGone_IsRefusedAndLeavesTheOther()
    {
        await pool.CheckAsync(GpuRequest.Parse("any"));
        tree.Remove("dev/nvidia0");
        ApplianceException gone = await Assert.ThrowsAsync<ApplianceException>(() => AskAsync("a", "H100"));
        Assert.Equal(ErrorKind.FailedPrecondition, gone.Kind);
        Assert.Contains("/dev/nvidia0", gone.Message);
    }

    private static GpuPool PoolOf(GpuTree machine) => new(new GpuWatch(machine.Machine));

    private DateTimeOffset Next() => DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Increment(ref moment));

    private async Task<string[]> AskAsync(string owner, string request, GpuPool? other = null)
    {
        GpuAttachment gpus = await (other ?? pool).LeaseAsync(owner, GpuRequest.Parse(request), Next(), default);
        return [.. gpus.Devices.Select(device => device.Id)];
    }

    private async Task ShouldWaitAsync(Task lease, GpuPool? other = null, int waiting = 1)
    {
        for (int tries = 0; tries < 200 && (other ?? pool).WaitingCount < waiting; tries++)
        {
            await Task.Delay(5);
        }

        await Task.Delay(20);
        Assert.False(lease.IsCompleted);
    }
}
