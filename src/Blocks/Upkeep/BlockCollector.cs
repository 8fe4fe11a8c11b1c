using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Upkeep;

/// <summary>
/// Removes blocks that no manifest references. For each batch: (1) condemn those that are old and that nobody holds,
/// (2) ask which of them are referenced, (3) remove the rest unless pinned since (1).
/// <para>
/// Safe because a reference is only ever added under a lease (<see cref="IBlockReferences"/>): a lease that ended
/// before (1) left its reference for (2) to find; a lease taken after (1) stops (3). A crash between any two steps
/// leaves a block either in its place or in the trash, from where the next start deletes it.
/// </para>
/// </summary>
internal sealed class BlockCollector(
    IBlockDisk disk, LeaseTable leases, CollectionHolds holds, IBlockReferences references, TimeProvider time) : IDisposable
{
    private const int BatchCount = 512;

    private readonly SemaphoreSlim turn = new(1);
    private readonly DateTimeOffset openedAt = time.GetUtcNow();

    public async Task<CollectionReport> CollectAsync(TimeSpan grace, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        await turn.WaitAsync(cancellation);
        try
        {
            DateTimeOffset cutoff = holds.Limit(time.GetUtcNow() - grace);
            CollectionReport report = default;

            // Leases ended with the process that gave them, so every block gets a full grace after a restart.
            for (int shelf = 0; shelf < BlockLayout.ShelfCount && openedAt <= cutoff; shelf++)
            {
                IEnumerable<StoredBlock> old = disk.List(shelf).Where(block => block.StoredAt <= cutoff);
                foreach (StoredBlock[] batch in old.Chunk(BatchCount))
                {
                    report = Sum(report, await CollectBatchAsync(batch, cutoff, cancellation));
                    disk.EmptyTrash();
                }
            }

            leases.Forget(cutoff);
            return report;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Counts what is stored, and what of it a collection with that grace would remove now.</summary>
    public async Task<BlockSurvey> SurveyAsync(TimeSpan grace, CancellationToken cancellation)
    {
        DateTimeOffset cutoff = holds.Limit(time.GetUtcNow() - grace);
        BlockSurvey survey = new(default, default, default);
        for (int shelf = 0; shelf < BlockLayout.ShelfCount; shelf++)
        {
            foreach (StoredBlock[] batch in disk.List(shelf).Chunk(BatchCount))
            {
                IReadOnlySet<Digest> referenced =
                    await references.FindReferencedAsync([.. batch.Select(block => block.Digest)], cancellation);
                StoredBlock[] loose = [.. batch.Where(block => !referenced.Contains(block.Digest))];
                survey = new BlockSurvey(
                    survey.Stored.Plus(Count(batch)),
                    survey.Unreferenced.Plus(Count(loose)),
                    survey.Collectable.Plus(Count(loose.Where(block =>
                        openedAt <= cutoff && block.StoredAt <= cutoff && leases.IsFree(block.Digest, cutoff)))));
            }
        }

        return survey;
    }

    public void Dispose() => turn.Dispose();

    private static BlockUsage Count(IEnumerable<StoredBlock> blocks) => blocks.Aggregate(
        default(BlockUsage), (sum, block) => new BlockUsage(sum.BlockCount + 1, sum.Bytes + block.LengthBytes));

    private static CollectionReport Sum(CollectionReport left, CollectionReport right) =>
        new(left.RemovedCount + right.RemovedCount, left.RemovedBytes + right.RemovedBytes);

    private async Task<CollectionReport> CollectBatchAsync(
        StoredBlock[] batch, DateTimeOffset cutoff, CancellationToken cancellation)
    {
        StoredBlock[] condemned = [.. batch.Where(block => leases.TryCondemn(block.Digest, cutoff))];
        try
        {
            Digest[] digests = [.. condemned.Select(block => block.Digest)];
            IReadOnlySet<Digest> referenced = await references.FindReferencedAsync(digests, cancellation);
            CollectionReport report = default;
            foreach (StoredBlock block in condemned)
            {
                if (!referenced.Contains(block.Digest) && leases.TryRemove(block.Digest, disk.MoveToTrash))
                {
                    report = Sum(report, new CollectionReport(1, block.LengthBytes));
                }
            }

            return report;
        }
        finally
        {
            foreach (StoredBlock block in condemned)
            {
                leases.Acquit(block.Digest);
            }
        }
    }
}
