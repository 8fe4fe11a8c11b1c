using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>Uploads, commits and deletions in a seeded order around and inside collections without any grace.</summary>
public sealed class CollectionRaceTests : IAsyncLifetime
{
    private const int BlockCount = 12;

    private readonly StoreFixture fixture = new();
    private readonly byte[][] contents = [.. Enumerable.Range(0, BlockCount).Select(seed => StoreFixture.Content(seed, 64))];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Collect_SeededScheduleInsideEachStep_NeverLosesAReferencedBlock(int seed)
    {
        var random = new Random(seed);
        var uploads = new List<BlockLease>();
        fixture.References.BeforeReading = () => ActAsync(random, uploads);
        fixture.References.AfterReading = () => ActAsync(random, uploads);
        long removedCount = 0;
        for (int round = 0; round < 1000; round++)
        {
            await ActAsync(random, uploads);
            removedCount += (await fixture.Store.CollectAsync(TimeSpan.Zero, default)).RemovedCount;
            AssertAllReferencedAreStored();
        }

        Assert.True(removedCount > 100, $"Only {removedCount} blocks were removed: the schedule tests nothing.");
    }

    [Fact]
    public async Task Collect_UploadersOnManyThreads_NeverLosesAReferencedBlock()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        fixture.References.BeforeReading = async () => await Task.Yield();
        fixture.References.AfterReading = async () => await Task.Yield();
        int collectionCount = 0;
        Task collecting = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; collectionCount++)
            {
                await fixture.Store.CollectAsync(TimeSpan.Zero, default);
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => UploadAsync(new Random(seed), stop.Token))));
        await collecting;
        Assert.True(collectionCount > 10);
    }

    /// <summary>A few random steps of clients: begin an upload, commit one, give one up, delete a reference.</summary>
    private async Task ActAsync(Random random, List<BlockLease> uploads)
    {
        for (int step = random.Next(4); step > 0; step--)
        {
            byte[] content = contents[random.Next(BlockCount)];
            switch (random.Next(6))
            {
                case 0:
                    uploads.Add(await fixture.Store.PutAsync(content, default));
                    break;
                case 1 when fixture.Store.TryPin(Digest.Of(content)) is { } lease:
                    uploads.Add(lease);
                    break;
                case 2 when uploads.Count > 0:
                    End(uploads, random.Next(uploads.Count), isCommitted: true);
                    break;
                case 3 when uploads.Count > 0:
                    End(uploads, random.Next(uploads.Count), isCommitted: false);
                    break;
                default:
                    fixture.References.Clear(Digest.Of(content));
                    break;
            }

            AssertAllReferencedAreStored();
        }
    }

    private void End(List<BlockLease> uploads, int index, bool isCommitted)
    {
        if (isCommitted)
        {
            fixture.References.Add(uploads[index].Digest);
        }

        uploads[index].Dispose();
        uploads.RemoveAt(index);
    }

    private async Task UploadAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            byte[] content = contents[random.Next(BlockCount)];
            using BlockLease lease = random.Next(2) == 0
                ? fixture.Store.TryPin(Digest.Of(content)) ?? await fixture.Store.PutAsync(content, default)
                : await fixture.Store.PutAsync(content, default);
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }

            fixture.References.Add(lease.Digest);
            lease.Dispose();
            await Task.Yield();
            Assert.Equal(content, await fixture.ReadAsync(lease.Digest));
            fixture.References.Remove(lease.Digest);
        }
    }

    private void AssertAllReferencedAreStored() => Assert.All(contents, content => Assert.True(
        !fixture.References.Has(Digest.Of(content)) || fixture.Store.Exists(Digest.Of(content))));
}
