using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Upkeep;

/// <summary>Verifies blocks, no faster than it is told to.</summary>
internal sealed class BlockScrubber(IBlockDisk disk, TimeProvider time)
{
    public async Task<ScrubReport> ScrubAsync(
        long bytesPerSecondMax, IProgress<ScrubReport>? progress, CancellationToken cancellation)
    {
        var total = new ScrubReport(0, 0, []);
        for (int shelf = 0; shelf < BlockLayout.ShelfCount; shelf++)
        {
            ScrubReport part = await ScrubShelfAsync(shelf, bytesPerSecondMax, cancellation);
            total = new ScrubReport(total.BlockCount + part.BlockCount, total.Bytes + part.Bytes, [.. total.Damaged, .. part.Damaged]);
            progress?.Report(total);
        }

        return total;
    }

    /// <summary>Verifies the blocks whose digests begin with this byte.</summary>
    public async Task<ScrubReport> ScrubShelfAsync(int shelf, long bytesPerSecondMax, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecondMax);
        var verifier = new BlockVerifier(disk);
        List<Digest> damaged = [];
        long blockCount = 0;
        long bytes = 0;
        long startedAt = time.GetTimestamp();
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
