using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;
using Appliance.Metadata.Values;

namespace Appliance.Contents.Values;

/// <summary>
/// Decides where the bytes lie that clients put into queues and dicts. One request may bring 100 MiB; through the shared
/// writer of the metadata these would hold up everybody for the better part of a second, and be written twice. So a
/// request's values lie in their rows while all of them together are small, and else those that are not small become
/// blocks, written beforehand by their own caller.
/// </summary>
public sealed class ValueStore(BlockStore blocks)
{
    /// <summary>What one request may bring through the writer as it is: about two milliseconds of its time.</summary>
    public const int BytesInRowsMax = 1024 * 1024;

    /// <summary>A value up to this length is always in its row: a file of its own would cost more.</summary>
    public const int SmallBytesMax = 4 * 1024;

    private const int BlocksAtOnceMax = 16;

    /// <summary>Prepares values for their rows. Dispose the set once the rows are committed.</summary>
    public async Task<ValueSet> PrepareAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        var prepared = new StoredValue[values.Count];
        long total = 0;
        for (int index = 0; index < prepared.Length; index++)
        {
            prepared[index] = new StoredValue(values[index], null);
            total += values[index].Length;
        }

        if (total <= BytesInRowsMax)
        {
            return new ValueSet(prepared, []);
        }

        var leases = new List<BlockLease>();
        try
        {
            using var places = new SemaphoreSlim(BlocksAtOnceMax);
            await Task.WhenAll(Enumerable.Range(0, prepared.Length)
                .Where(index => prepared[index].Bytes.Length > SmallBytesMax)
                .Select(async index => prepared[index] = await PutAsync(prepared[index].Bytes, places, leases, cancellation)
                    .ConfigureAwait(false))).ConfigureAwait(false);
            return new ValueSet(prepared, leases);
        }
        catch
        {
            new ValueSet([], leases).Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a value, checked where they lie in blocks.</summary>
    /// <exception cref="Core.Errors.ApplianceException">NotFound or DataLoss: a block is missing or damaged.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(StoredValue value, CancellationToken cancellation)
    {
        if (value.BytesInBlocks is not { } length)
        {
            return value.Bytes;
        }

        var bytes = new byte[length];
        using var stream = new MemoryStream(bytes);
        foreach (Digest digest in value.Blocks)
        {
            await blocks.CopyVerifiedToAsync(digest, stream, cancellation).ConfigureAwait(false);
        }

        return bytes;
    }

    private async Task<StoredValue> PutAsync(
        ReadOnlyMemory<byte> value, SemaphoreSlim places, List<BlockLease> leases, CancellationToken cancellation)
    {
        var digests = new byte[(value.Length + BlockLimits.LengthBytesMax - 1) / BlockLimits.LengthBytesMax * Digest.LengthBytes];
        await places.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            for (int index = 0; index * BlockLimits.LengthBytesMax < value.Length; index++)
            {
                int start = index * BlockLimits.LengthBytesMax;
                ReadOnlyMemory<byte> block = value.Slice(start, Math.Min(BlockLimits.LengthBytesMax, value.Length - start));
                BlockLease lease = await blocks.PutAsync(block, cancellation).ConfigureAwait(false);
                lock (leases)
                {
                    leases.Add(lease);
                }

                lease.Digest.CopyTo(digests.AsSpan(index * Digest.LengthBytes));
            }
        }
        finally
        {
            places.Release();
        }

        return new StoredValue(digests, value.Length);
    }
}
