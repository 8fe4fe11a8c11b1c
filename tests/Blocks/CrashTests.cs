using System.Collections.Concurrent;
using Appliance.Blocks;
using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>The store dies before each single step in turn: what was acknowledged is there, and nothing is half there.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly string directory = StoreFixture.NewDirectory();
    private readonly ConcurrentDictionary<Digest, byte[]> acknowledged = [];
    private FakeReferences references = new();

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Open_AfterDeathAtAnyStep_HasAllAcknowledgedAndNothingPartial()
    {
        int died = 0;
        for (int stepsToLive = 0; await LiveAsync(stepsToLive, random: null); stepsToLive++)
        {
            died++;
            await CheckAsync();
        }

        await CheckAsync();
        Assert.True(died > 20, $"The store has died only {died} times.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Open_AfterPowerFailureAtAnyStep_HasAllAcknowledgedAndNothingPartial(int seed)
    {
        var random = new Random(seed);
        for (int stepsToLive = 0; await LiveAsync(stepsToLive, random); stepsToLive++)
        {
            await CheckAsync();
        }
    }

    /// <summary>Puts, re-puts and collects until the given step kills it; false when it lived to the end.</summary>
    private async Task<bool> LiveAsync(int stepsToLive, Random? random)
    {
        var clock = new FakeClock();
        using BlockDisk real = BlockDisk.Open(directory, clock);
        var disk = new PowerLossDisk(real);
        disk.BeforeStep = _ =>
        {
            if (Interlocked.Decrement(ref stepsToLive) < 0)
            {
                throw new IOException("The process died.");
            }
        };
        await using var store = new BlockStore(disk, references, clock);
        try
        {
            await RunWorkloadAsync(store);
            return false;
        }
        catch (IOException)
        {
            if (random is not null)
            {
                disk.LosePower(random);
            }

            return true;
        }
    }

    private async Task RunWorkloadAsync(BlockStore store)
    {
        await PutAsync(store, seed: 1, lengthBytes: 10, isReferenced: true);
        await PutAsync(store, seed: 2, lengthBytes: 600_000, isReferenced: true);
        await PutAsync(store, seed: 3, lengthBytes: 20, isReferenced: false);
        await store.CollectAsync(TimeSpan.Zero, default);
        await Task.WhenAll(Enumerable.Range(4, 6).Select(
            seed => PutAsync(store, seed, lengthBytes: seed * 100, isReferenced: seed % 2 == 0)));
        await store.CollectAsync(TimeSpan.Zero, default);
        await PutAsync(store, seed: 3, lengthBytes: 20, isReferenced: true);
    }

    private async Task PutAsync(BlockStore store, int seed, int lengthBytes, bool isReferenced)
    {
        byte[] content = StoreFixture.Content(seed, lengthBytes);
        using BlockLease lease = await store.PutAsync(new MemoryStream(content), Digest.Of(content), default);
        if (isReferenced)
        {
            references.Add(lease.Digest);
            acknowledged[lease.Digest] = content;
        }
    }

    /// <summary>Opens what is left and starts over with an empty store.</summary>
    private async Task CheckAsync()
    {
        using BlockDisk disk = BlockDisk.Open(directory, TimeProvider.System);
        await using var store = new BlockStore(disk, references, TimeProvider.System);
        foreach ((Digest digest, byte[] content) in acknowledged)
        {
            using var copy = new MemoryStream();
            await store.CopyVerifiedToAsync(digest, copy, default);
            Assert.Equal(content, copy.ToArray());
        }

        Assert.Empty((await store.ScrubAsync(long.MaxValue, null, default)).Damaged);
        Assert.Empty(Directory.GetFiles(Path.Combine(directory, "tmp")));
        Assert.Empty(Directory.GetFiles(Path.Combine(directory, "trash")));
        foreach (StoredBlock block in Enumerable.Range(0, BlockLayout.ShelfCount).SelectMany(disk.List).ToArray())
        {
            disk.MoveToTrash(block.Digest);
        }

        acknowledged.Clear();
        references = new FakeReferences();
    }
}
