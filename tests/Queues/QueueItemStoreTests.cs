using Appliance.Core.Errors;
using Appliance.Metadata.Queues;
using Appliance.Metadata.Values;
using Appliance.Objects;
using Appliance.Queues;

namespace Appliance.Tests.Queues;

public sealed class QueueItemStoreTests
{
    [Fact]
    public async Task Take_OfWhatWasPut_ComesInOrderAndOnceAlsoAfterARestart()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(1, 2);
        await queue.PutAsync(3);
        Assert.Equal([1], await queue.GetAsync(1));

        await queue.ReopenAsync();

        Assert.Equal(2, queue.Count());
        Assert.Equal([2, 3], await queue.GetAsync(10));
        Assert.Empty(await queue.GetAsync(1));
    }

    [Fact]
    public async Task ReadFew_ShortItems_AreReadAndOthersLeftToReaders()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(1, 2);
        await queue.PutAsync(new byte[17]);
        await queue.Store.WriteAsync(write => QueueItemStore.Put(
            write, queue.Caller, queue.Place(), [new StoredValue(new byte[4 * 1024 + 1], null)], QueueFixture.Day));

        Task<byte[]?> ReadFewAsync(int count) => queue.Store.WriteAsync(write => QueueItemStore
            .ReadFew(write, QueueItemStore.Take(write, queue.Caller, queue.Place(), count)!.Value)
            ?.Select(item => item.Value.Bytes.Span[0]).ToArray());

        Assert.Equal([1, 2], await ReadFewAsync(2));
        Assert.Null(await ReadFewAsync(17));
        Assert.Null(await ReadFewAsync(1));
    }

    [Fact]
    public async Task Take_TwoPartitions_DoNotMeet()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(queue.Place("a"), QueueFixture.Day, 1);
        await queue.PutAsync(queue.Place("b"), QueueFixture.Day, 2);

        Assert.Equal(0, queue.Count());
        Assert.Equal([2], await queue.GetAsync(5, "b"));
        Assert.Equal([1], await queue.GetAsync(5, "a"));
    }

    [Fact]
    public async Task Put_BeyondTheLimit_IsRefusedAsAWhole()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(new byte[QueueLimits.ItemsPerPartitionMax - 1]);

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => queue.PutAsync(1, 2));

        Assert.Equal(ErrorKind.ResourceExhausted, refusal.Kind);
        Assert.Contains("the default partition holds 4999 of at most 5000 items", refusal.Message);
        Assert.Equal(QueueLimits.ItemsPerPartitionMax - 1, queue.Count());
        await queue.PutAsync(1);
    }

    [Fact]
    public async Task Put_AfterExpiry_DoesNotBringBackWhatExpired()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(queue.Place(), TimeSpan.FromMinutes(1), 1);
        queue.Clock.Now += TimeSpan.FromSeconds(59);
        await queue.PutAsync(queue.Place(), TimeSpan.FromMinutes(1), 2);
        queue.Clock.Now += TimeSpan.FromSeconds(59);
        Assert.Equal(2, queue.Count());

        queue.Clock.Now += TimeSpan.FromSeconds(1);

        Assert.Equal(0, queue.Count());
        Assert.Null(await queue.TakeAsync(1));
        await queue.PutAsync(3);
        Assert.Equal([3], await queue.GetAsync(9));
    }

    [Fact]
    public async Task ClearAll_ThenPut_HoldsTheNewItemsOnlyAndCursorsStayInOrder()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(1, 2);
        await queue.PutAsync(queue.Place("a"), QueueFixture.Day, 3);
        long last = queue.Store.Read(read => QueueItemStore.Peek(read, queue.Caller, queue.Place(), 0, 10, queue.Clock.Now))[^1].Entry;
        queue.Clock.Now += TimeSpan.FromSeconds(1);

        await queue.Store.WriteAsync(write => QueueItemStore.ClearAll(write, queue.Caller, queue.QueueId));

        Assert.Equal(0, queue.Store.Read(read => QueueItemStore.CountAll(read, queue.Caller, queue.QueueId, queue.Clock.Now)));
        await queue.PutAsync(4);
        QueueItemRecord item = Assert.Single(queue.Store.Read(read =>
            QueueItemStore.Peek(read, queue.Caller, queue.Place(), last + 1, 10, queue.Clock.Now)));
        Assert.Equal([4], item.Value.Bytes.ToArray());
    }

    [Fact]
    public async Task Peek_FromACursor_LeavesTheItems()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.PutAsync(1, 2, 3);
        await queue.GetAsync(1);

        IReadOnlyList<QueueItemRecord> items = queue.Store.Read(read => QueueItemStore.Peek(read, queue.Caller, queue.Place(), 0, 1, queue.Clock.Now));
        long next = EntryCursor.ReadNext(EntryCursor.ToText(items[0].Entry));
        items = queue.Store.Read(read => QueueItemStore.Peek(read, queue.Caller, queue.Place(), next, 9, queue.Clock.Now));

        Assert.Equal([3], items.Select(item => item.Value.Bytes.Span[0]));
        Assert.Equal(2, queue.Count());
    }

    [Fact]
    public async Task AnyCall_OfADeletedQueueOrAnothersId_IsNotFound()
    {
        await using QueueFixture queue = await QueueFixture.OpenAsync();
        await queue.Store.WriteAsync(write => ObjectDirectory.Delete<Core.Ids.QueueId>(write, queue.Caller, queue.QueueId));

        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => queue.PutAsync(1))).Kind);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => queue.TakeAsync(1))).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => queue.Count()).Kind);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("00000000000000000")]
    [InlineData("ffffffffffffffff")]
    public void ReadNext_NoCursorOfOurs_IsInvalid(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => EntryCursor.ReadNext(text)).Kind);

    [Fact]
    public void PartitionKey_TooLong_IsInvalid() =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => PartitionKey.Read(new byte[65])).Kind);
}
