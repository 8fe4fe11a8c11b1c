using Appliance.Blocks.Leases;
using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

public sealed class BlockCollectorTests : IAsyncLifetime
{
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    private readonly StoreFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Collect_UnreferencedAndOld_IsRemovedAndNothingElse()
    {
        Digest garbage = await fixture.PutAsync(StoreFixture.Content(seed: 1, 1000));
        Digest referenced = await fixture.PutAsync([1]);
        fixture.References.Add(referenced);
        fixture.Clock.Advance(Grace * 2);
        Digest young = await fixture.PutAsync([2]);

        Assert.Equal(new CollectionReport(1, 1000), await fixture.Store.CollectAsync(Grace, default));

        Assert.Equal((false, true, true), (
            fixture.Store.Exists(garbage), fixture.Store.Exists(referenced), fixture.Store.Exists(young)));
        Assert.Empty(fixture.FilesIn("trash"));
    }

    [Fact]
    public async Task Collect_Leased_IsKeptUntilTheLeaseAndAGraceAreOver()
    {
        Digest digest = await fixture.PutAsync([1]);
        fixture.Clock.Advance(Grace * 2);
        using (BlockLease? lease = fixture.Store.TryPin(digest))
        {
            fixture.Clock.Advance(Grace * 2);
            Assert.Equal(0, (await fixture.Store.CollectAsync(TimeSpan.Zero, default)).RemovedCount);
        }

        Assert.Equal(0, (await fixture.Store.CollectAsync(Grace, default)).RemovedCount);
        fixture.Clock.Advance(Grace);
        Assert.Equal(1, (await fixture.Store.CollectAsync(Grace, default)).RemovedCount);
    }

    [Fact]
    public async Task Collect_AfterRestart_WaitsAGraceBecauseLeasesAreGone()
    {
        Digest digest = await fixture.PutAsync([1]);
        fixture.Clock.Advance(Grace * 2);
        await fixture.ReopenAsync();
        Assert.Equal(0, (await fixture.Store.CollectAsync(Grace, default)).RemovedCount);
        fixture.Clock.Advance(Grace);
        Assert.Equal(1, (await fixture.Store.CollectAsync(Grace, default)).RemovedCount);
        Assert.False(fixture.Store.Exists(digest));
    }

    [Fact]
    public async Task Collect_PinnedWhileReferencesAreRead_IsKept()
    {
        Digest digest = await fixture.PutAsync([1]);
        fixture.References.AfterReading = () =>
        {
            // Commits and lets go before the collector gets any further: it has read a count of zero.
            using BlockLease? lease = fixture.Store.TryPin(digest);
            fixture.References.Add(digest);
            return Task.CompletedTask;
        };
        Assert.Equal(0, (await fixture.Store.CollectAsync(TimeSpan.Zero, default)).RemovedCount);
        Assert.True(fixture.Store.Exists(digest));
    }

    [Fact]
    public async Task Collect_ReferencesCannotBeRead_RemovesNothingAndWorksLater()
    {
        Digest digest = await fixture.PutAsync([1]);
        fixture.References.BeforeReading = () => throw new TimeoutException();
        await Assert.ThrowsAsync<TimeoutException>(() => fixture.Store.CollectAsync(TimeSpan.Zero, default));
        Assert.True(fixture.Store.Exists(digest));
        fixture.References.BeforeReading = () => Task.CompletedTask;
        Assert.Equal(1, (await fixture.Store.CollectAsync(TimeSpan.Zero, default)).RemovedCount);
    }

    [Fact]
    public async Task Collect_Removed_CanBePutAgain()
    {
        Digest digest = await fixture.PutAsync([1]);
        await fixture.Store.CollectAsync(TimeSpan.Zero, default);
        Assert.Equal(digest, await fixture.PutAsync([1]));
        Assert.Equal([1], await fixture.ReadAsync(digest));
    }
}
