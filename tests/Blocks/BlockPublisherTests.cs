using System.Collections.Concurrent;
using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

public sealed class BlockPublisherTests : IAsyncLifetime
{
    private readonly StoreFixture fixture = new();
    private readonly ConcurrentQueue<string> steps = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Publish_ManyPutsOfOneDigest_SyncsAndNamesOnce()
    {
        byte[] content = StoreFixture.Content(seed: 1, 1024 * 1024);
        fixture.Steps.BeforeStep = steps.Enqueue;
        BlockLease[] leases = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(
            () => fixture.Store.PutAsync(new MemoryStream(content), null, default))));
        Assert.All(leases, lease => Assert.Equal(Digest.Of(content), lease.Digest));
        Assert.Single(steps, step => step == nameof(IBlockDisk.Flush));
        Assert.Single(steps, step => step == nameof(IBlockDisk.Publish));
        Assert.Single(steps, step => step == nameof(IBlockDisk.SyncShelf));
        Assert.Empty(fixture.FilesIn("tmp"));
    }

    [Fact]
    public async Task Publish_PutsWhileAGroupIsSynced_ShareTheNextSync()
    {
        using var firstIsHeld = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        fixture.Steps.BeforeStep = step =>
        {
            steps.Enqueue(step);
            if (step == nameof(IBlockDisk.SyncShelf) && !goOn.IsSet)
            {
                firstIsHeld.Release();
                goOn.Wait();
            }
        };
        Task<BlockLease> first = fixture.Store.PutAsync(SameShelf(0), default);
        await firstIsHeld.WaitAsync();
        Task<BlockLease>[] next = [.. Enumerable.Range(1, 10).Select(index => fixture.Store.PutAsync(SameShelf(index), default))];
        await WaitForAsync(() => steps.Count(step => step == nameof(IBlockDisk.WriteAsync)) == 11);

        // Between a writer's last step and its place in the queue lies nothing that could be seen from here.
        await Task.Delay(500);
        goOn.Set();
        await Task.WhenAll([first, .. next]);
        Assert.InRange(steps.Count(step => step == nameof(IBlockDisk.SyncShelf)), 2, 3);
    }

    [Fact]
    public async Task Publish_NotSyncedYet_DoesNotCountAsStored()
    {
        byte[] content = [1, 2, 3];
        bool? existed = null;
        bool? pinned = null;
        fixture.Steps.BeforeStep = step =>
        {
            if (step == nameof(IBlockDisk.SyncShelf))
            {
                existed = fixture.Store.Exists(Digest.Of(content));
                pinned = fixture.Store.TryPin(Digest.Of(content)) is not null;
            }
        };
        await fixture.PutAsync(content);
        Assert.Equal((false, false), (existed, pinned));
        Assert.True(fixture.Store.Exists(Digest.Of(content)));
    }

    [Theory]
    [InlineData(nameof(IBlockDisk.Flush))]
    [InlineData(nameof(IBlockDisk.Publish))]
    [InlineData(nameof(IBlockDisk.SyncShelf))]
    public async Task Publish_OneStepFailsOnce_OnlyItsPutFailsAndAnEqualOneTakesOver(string failing)
    {
        int failuresLeft = 1;
        fixture.Steps.BeforeStep = step =>
        {
            if (step == failing && Interlocked.Decrement(ref failuresLeft) == 0)
            {
                throw new IOException("The device failed.", 5);
            }
        };
        byte[] content = StoreFixture.Content(seed: 3, 300_000);
        Task<BlockLease>[] puts = [.. Enumerable.Range(0, 4).Select(_ => fixture.Store.PutAsync(content, default))];
        await Task.WhenAll(puts).ContinueWith(_ => { });
        Assert.Equal(1, puts.Count(put => put.IsFaulted));
        Assert.Equal(content, await fixture.ReadAsync(Digest.Of(content)));
        Assert.Empty(fixture.FilesIn("tmp"));
    }

    private static byte[] SameShelf(int index) => Enumerable.Range(0, int.MaxValue)
        .Select(salt => BitConverter.GetBytes((salt * 16) + index))
        .First(content => BlockLayout.ShelfOf(Digest.Of(content)) == 0);

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }
    }
}
