using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;

namespace Appliance.Metadata.Values;

/// <summary>Bytes that a client stored: in their row, or in blocks that the row names.</summary>
/// <param name="Bytes">The value itself, or the digests of its blocks one after the other.</param>
/// <param name="BytesInBlocks">The length of the value; null when it lies in the row.</param>
public readonly record struct StoredValue(ReadOnlyMemory<byte> Bytes, long? BytesInBlocks)
{
    /// <summary>The length of the value itself.</summary>
    public long LengthBytes => BytesInBlocks ?? Bytes.Length;

    /// <summary>The blocks that the value lies in, in order; none when it lies in its row.</summary>
    public IReadOnlyList<Digest> Blocks
    {
        get
        {
            if (BytesInBlocks is null)
            {
                return [];
            }

            var digests = new Digest[Bytes.Length / Digest.LengthBytes];
            for (int index = 0; index < digests.Length; index++)
            {
                digests[index] = Digest.FromBytes(Bytes.Span.Slice(index * Digest.LengthBytes, Digest.LengthBytes));
            }

            return digests;
        }
    }

    /// <summary>Reads the two columns of a value.</summary>
    internal static StoredValue Read(Statement row, int column) =>
        new(row.GetBytes(column), row.IsNull(column + 1) ? null : row.GetInteger(column + 1));
}
