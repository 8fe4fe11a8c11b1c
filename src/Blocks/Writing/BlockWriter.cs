using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Writing;

/// <summary>Puts blocks: from bytes to a durable file and a lease on it.</summary>
internal sealed class BlockWriter(IBlockDisk disk, LeaseTable leases, BlockPublisher publisher)
{
    public async Task<BlockLease> PutAsync(Stream source, Digest? expected, CancellationToken cancellation)
    {
        using var intake = new BlockIntake(disk, source);
        if (expected is { } known && TryPin(known) is { } held)
        {
            return await ConfirmAsync(intake, held, cancellation);
        }

        await intake.ReadAsync(cancellation);
        Check(intake.Digest, expected ?? intake.Digest);
        return await PublishAsync(intake.Digest, intake.LengthBytes, intake.EnsureWrittenAsync, cancellation);
    }

    public async Task<BlockLease> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (content.Length > BlockLimits.LengthBytesMax)
        {
            throw BlockErrors.TooLarge();
        }

        TemporaryBlock? temporary = null;
        try
        {
            return await PublishAsync(Digest.Of(content.Span), content.Length, WriteAsync, cancellation);
        }
        finally
        {
            temporary?.Dispose();
        }

        async ValueTask<TemporaryBlock> WriteAsync(CancellationToken stop)
        {
            temporary = disk.CreateTemporary();
            await disk.WriteAsync(temporary, content, stop);
            return temporary;
        }
    }

    /// <returns>Null when the block is not stored, or not durably yet.</returns>
    public BlockLease? TryPin(Digest digest)
    {
        // Pinned before looking: what is found then cannot be collected any more.
        leases.Pin(digest);
        if (publisher.FindDurableLength(digest) is { } lengthBytes)
        {
            return new BlockLease(leases, digest, lengthBytes);
        }

        leases.Withdraw(digest);
        return null;
    }

    /// <summary>The block is stored already; the bytes still have to be it, or the caller's mistake would go unseen.</summary>
    private static async Task<BlockLease> ConfirmAsync(
        BlockIntake intake, BlockLease held, CancellationToken cancellation)
    {
        try
        {
            await intake.ReadDigestAsync(cancellation);
            Check(intake.Digest, held.Digest);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Check(Digest actual, Digest expected)
    {
        if (actual != expected)
        {
            throw BlockErrors.WrongDigest(expected, actual);
        }
    }

    private async Task<BlockLease> PublishAsync(
        Digest digest,
        int lengthBytes,
        Func<CancellationToken, ValueTask<TemporaryBlock>> ensureWritten,
        CancellationToken cancellation)
    {
        leases.Pin(digest);
        try
        {
            if (publisher.FindDurableLength(digest) != lengthBytes)
            {
                // Not cancelled half-way: a group is under way at once, and its end is near.
                await publisher.PublishAsync(digest, await ensureWritten(cancellation));
            }

            return new BlockLease(leases, digest, lengthBytes);
        }
        catch
        {
            leases.Withdraw(digest);
            throw;
        }
    }
}
