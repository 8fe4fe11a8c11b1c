using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Upkeep;

/// <summary>Verifies every block, no faster than it is told to.</summary>
internal sealed class BlockScrubber(IBlockDisk disk, TimeProvider time)
{
    public async Task<ScrubReport> ScrubAsync(
        long bytesPerSecondMax, IProgress<ScrubReport>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecondMax);
        var verifier = new BlockVerifier(disk);
        List<Digest> damaged = [];
        long blockCount = 0;
        long bytes = 0;
        long startedAt = time.GetTimestamp();
        for (int shelf = 0; shelf < BlockLayout.ShelfCount; shelf++)
        {
            foreach (StoredBlock block in disk.List(shelf))
            {
                cancellation.ThrowIfCancellationRequested();
                if (await Task.Run(() => verifier.Verify(block.Digest), cancellation) == BlockCondition.Damaged)
                {
                    damaged.Add(block.Digest);
                }

                blockCount++;
                bytes += block.LengthBytes;
                await PaceAsync(bytes, bytesPerSecondMax, startedAt, cancellation);
            }

            progress?.Report(new ScrubReport(blockCount, bytes, [.. damaged]));
        }

        return new ScrubReport(blockCount, bytes, damaged);
    }

    private async Task PaceAsync(long bytes, long bytesPerSecondMax, long startedAt, CancellationToken cancellation)
    {
        TimeSpan ahead = TimeSpan.FromSeconds((double)bytes / bytesPerSecondMax) - time.GetElapsedTime(startedAt);
        if (ahead > TimeSpan.Zero)
        {
            await Task.Delay(ahead, time, cancellation);
        }
    }
}
