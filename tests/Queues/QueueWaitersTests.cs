using Appliance.Queues;
using Appliance.Queues.Waiting;

namespace Appliance.Tests.Queues;

public sealed class QueueWaitersTests
{
    private static readonly PartitionAddress Place = new("qu-1", PartitionKey.Read("a"u8.ToArray()));
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly QueueWaiters waiters = new(TimeProvider.System);
    private readonly Queue<string> items = new();

    [Fact]
    public async Task TakeAsync_ManyWait_AreServedInTheOrderInWhichTheyCame()
    {
        var served = new List<int>();
        var takers = new List<Task>();
        for (int number = 0; number < 20; number++)
        {
            int own = number;
            takers.Add(TakeAsync().ContinueWith(_ => served.Add(own), TaskContinuationOptions.ExecuteSynchronously));
        }

        for (int number = 0; number < 20; number++)
        {
            Put("x");
            await takers[number].WaitAsync(Long);
        }

        Assert.Equal(Enumerable.Range(0, 20), served);
        Assert.Equal(0, waiters.LineCount);
    }

    [Fact]
    public async Task TakeAsync_ManyItemsAtOnce_WakeAsManyTakers()
    {
        Task<string?>[] takers = [.. Enumerable.Range(0, 5).Select(_ => TakeAsync())];

        Put("a", "b", "c", "d", "e");

        Assert.Equal(["a", "b", "c", "d", "e"], (await Task.WhenAll(takers).WaitAsync(Long)).Order());
    }

    [Fact]
    public async Task TakeAsync_TimeIsOver_IsNothingAndLeavesNoTrace()
    {
        Assert.Null(await waiters.TakeAsync(Place, TimeSpan.FromMilliseconds(20), LookAsync, default));
        Assert.Equal(0, waiters.LineCount);
    }

    [Fact]
    public async Task TakeAsync_Cancelled_LeavesItsTurnToTheNext()
    {
        using var end = new CancellationTokenSource();
        Task<string?> first = waiters.TakeAsync(Place, Long, LookAsync, end.Token);
        Task<string?> second = TakeAsync();

        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Put("a");

        Assert.Equal("a", await second.WaitAsync(Long));
    }

    [Fact]
    public async Task TakeAsync_AttemptFails_PassesTheItemOn()
    {
        int calls = 0;
        Task<string?> failing = waiters.TakeAsync<string>(
            Place, Long, () => calls++ == 0 ? Task.FromResult<string?>(null) : throw new InvalidOperationException(), default);
        Task<string?> second = TakeAsync();

        Put("a");

        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal("a", await second.WaitAsync(Long));
    }

    [Fact]
    public async Task TakeAsync_PutDuringTheLook_IsNotMissed()
    {
        bool isFirst = true;
        string? found = await waiters.TakeAsync(
            Place,
            Long,
            () =>
            {
                Task<string?> looked = LookAsync();
                if (isFirst)
                {
                    isFirst = false;
                    Put("a");
                }

                return looked;
            },
            default).WaitAsync(Long);

        Assert.Equal("a", found);
    }

    [Fact]
    public async Task WatchAsync_OnePut_WakesAllWatchersAndATaker()
    {
        Task<string?>[] watchers = [.. Enumerable.Range(0, 3).Select(_ => waiters.WatchAsync(Place, Long, PeekAsync, default))];

        Put("a");

        Assert.All(await Task.WhenAll(watchers).WaitAsync(Long), found => Assert.Equal("a", found));
        Assert.Equal("a", await TakeAsync().WaitAsync(Long));
    }

    [Fact]
    public async Task SignalAll_OfAQueue_WakesItsPartitionsOnly()
    {
        int looks = 0;
        Task<string?> Count()
        {
            looks++;
            return Task.FromResult(looks > 1 ? "woken" : null);
        }

        Task<string?> own = waiters.TakeAsync(Place, Long, Count, default);
        Task<string?> other = waiters.TakeAsync(Place with { QueueId = "qu-2" }, TimeSpan.FromMilliseconds(200), LookAsync, default);

        waiters.SignalAll("qu-1");

        Assert.Equal("woken", await own.WaitAsync(Long));
        Assert.Null(await other);
    }

    [Fact]
    public async Task TakeAsync_UnderLoad_NobodyIsForgotten()
    {
        const int Count = 5_000;
        Task<string[]> consumers = Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            int got = 0;
            while (await waiters.TakeAsync(Place, TimeSpan.FromSeconds(2), LookAsync, default) is not null)
            {
                got++;
            }

            return got.ToString(System.Globalization.CultureInfo.InvariantCulture);
        })));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int number = 0; number < Count / 8; number++)
            {
                Put("x");
            }
        })));

        Assert.Equal(Count, (await consumers).Sum(got => int.Parse(got)));
    }

    private Task<string?> TakeAsync() => waiters.TakeAsync(Place, Long, LookAsync, default);

    private Task<string?> LookAsync()
    {
        lock (items)
        {
            return Task.FromResult(items.TryDequeue(out string? item) ? item : null);
        }
    }

    private Task<string?> PeekAsync()
    {
        lock (items)
        {
            return Task.FromResult(items.TryPeek(out string? item) ? item : null);
        }
    }

    private void Put(params string[] added)
    {
        lock (items)
        {
            Array.ForEach(added, items.Enqueue);
        }

        waiters.Signal(Place, added.Length);
    }
}
