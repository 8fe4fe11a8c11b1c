using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Blocks;

namespace Appliance.Tests.Blocks;

public sealed class CountedReferencesTests : IAsyncLifetime
{
    private readonly string directory = StoreFixture.NewDirectory();
    private MetadataStore metadata = null!;
    private BlockStore store = null!;

    public async Task InitializeAsync()
    {
        metadata = await MetadataStore.OpenAsync(directory, TimeProvider.System);
        store = BlockStore.Open(Path.Combine(directory, "blocks"), new CountedReferences(metadata), TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await metadata.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Collect_CountedTwice_IsKeptUntilBothAreRemoved()
    {
        Digest digest;
        using (BlockLease lease = await store.PutAsync(new byte[] { 1 }, default))
        {
            digest = lease.Digest;
            await metadata.WriteAsync(write => BlockReferences.Add(write, [digest, digest]));
        }

        Assert.Equal(0, await CollectAsync());
        await metadata.WriteAsync(write => BlockReferences.Remove(write, [digest]));
        Assert.Equal(0, await CollectAsync());
        await metadata.WriteAsync(write => BlockReferences.Remove(write, [digest]));
        Assert.Equal(1, await CollectAsync());
    }

    [Fact]
    public async Task Remove_NotCounted_FailsAndChangesNothing()
    {
        Digest counted = Digest.Of([1]);
        await metadata.WriteAsync(write => BlockReferences.Add(write, [counted]));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => metadata.WriteAsync(write => BlockReferences.Remove(write, [counted, Digest.Of([2])])));
        Assert.Equal([counted], metadata.Read(read => BlockReferences.FindReferenced(read, [counted, Digest.Of([2])])));
    }

    private async Task<long> CollectAsync() => (await store.CollectAsync(TimeSpan.Zero, default)).RemovedCount;
}
