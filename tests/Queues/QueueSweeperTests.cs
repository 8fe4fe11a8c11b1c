using Appliance.Metadata.Idempotency;
using Appliance.Objects;
using Appliance.Queues;
using Appliance.Queues.Waiting;

namespace Appliance.Tests.Queues;

public sealed class QueueSweeperTests
{
    [Fact]
    public async Task SweepAsync_TakenItems_StayUntilTheSweepAfterTheNext()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await using var sweeper = new QueueSweeper(queue.Store, TimeProvider.System, failure => throw failure);
        await queue.PutAsync(1, 2, 3);
        TakenItems taken = (await queue.TakeAsync(2))!.Value;

        await sweeper.SweepAsync(default);
        Assert.Equal([1, 2], queue.Read(taken));
        await sweeper.SweepAsync(default);

        Assert.Empty(queue.Read(taken));
        Assert.Equal([3], await queue.GetAsync(9));
    }

    [Fact]
    public async Task SweepAsync_EmptyPartition_GoesAndComesAgain()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await using var sweeper = new QueueSweeper(queue.Store, TimeProvider.System, failure => throw failure);
        await queue.PutAsync(1);
        await queue.GetAsync(1);

        await sweeper.SweepAsync(default);
        await sweeper.SweepAsync(default);

        Assert.Equal(0, queue.CountPartitionRows());
        await queue.PutAsync(2);
        Assert.Equal([2], await queue.GetAsync(1));
    }

    [Fact]
    public async Task SweepAsync_ManyExpiredItems_AreAllRemoved()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        var later = new ShiftedTime(TimeSpan.FromDays(2));
        await queue.PutAsync(new byte[1_234]);
        queue.Clock.Now = later.GetUtcNow();
        await using var sweeper = new QueueSweeper(queue.Store, later, failure => throw failure);

        await sweeper.SweepAsync(default);
        await sweeper.SweepAsync(default);

        Assert.Equal(0, queue.CountRows());
        Assert.Equal(0, queue.CountPartitionRows());
    }

    [Fact]
    public async Task SweepAsync_ClearedGeneration_GoesOnceNoReplyCanBeAskedForAgain()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(new byte[1_234]);
        await queue.Store.WriteAsync(write => QueueItemStore.ClearAll(write, queue.Caller, queue.QueueId));
        await using (var sweeper = new QueueSweeper(queue.Store, queue.Clock, failure => throw failure))
        {
            await sweeper.SweepAsync(default);
            Assert.Equal(1_234, queue.CountRows());
            queue.Clock.Now += IdempotencyKeys.Retention + TimeSpan.FromSeconds(1);

            await sweeper.SweepAsync(default);
        }

        Assert.Equal(0, queue.CountRows());
    }

    [Fact]
    public async Task RemoveSome_DeletedQueue_RemovesEverythingALittleAtATime()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(new byte[1_300]);
        await queue.PutAsync(queue.Place("a"), QueueFixture.Day, 1);
        await queue.Store.WriteAsync(write => QueueItemStore.ClearAll(write, queue.Caller, queue.QueueId));
        await queue.PutAsync(1);
        await queue.Store.WriteAsync(write => ObjectDirectory.Delete<Core.Ids.QueueId>(write, queue.Caller, queue.QueueId));
        var contents = new QueueContents(new QueueWaiters(TimeProvider.System));

        int writes = 1;
        while (!await queue.Store.WriteAsync(write => contents.RemoveSome(write, queue.QueueId)))
        {
            writes++;
        }

        Assert.Equal(0, queue.CountRows());
        Assert.True(writes >= 4, "So many items were removed in one go that others would have waited.");
    }

    /// <summary>Runs, unlike a clock that stands still, and is ahead.</summary>
    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
