using Appliance.Metadata.Blobs;

namespace Appliance.Blobs;

/// <summary>
/// How a blob is cut for its upload. Clients that know no parts take whole blobs up to <see cref="WholeBytesMax"/>;
/// beyond it clients announce a false MD5, which is of no use for a whole upload (contracts/modal.md §6).
/// </summary>
public static class PartPlan
{
    public const long WholeBytesMax = 1L << 30;

    private const long PartBytesMin = 64L << 20;
    private const int PartsMax = 1_000;

    /// <summary>The length of all parts but the last; null when the blob comes as one.</summary>
    public static long? PartLengthOf(long lengthBytes)
    {
        if (lengthBytes <= WholeBytesMax)
        {
            return null;
        }

        long least = (lengthBytes + PartsMax - 1) / PartsMax;
        return Math.Max(PartBytesMin, (least + PartBytesMin - 1) / PartBytesMin * PartBytesMin);
    }

    public static int CountParts(BlobRecord blob) => blob.PartLengthBytes is { } partLength
        ? checked((int)((blob.LengthBytes + partLength - 1) / partLength))
        : 1;

    /// <summary>Where a part begins and how long it is.</summary>
    /// <param name="blob">One that comes in parts.</param>
    /// <param name="number">From 1.</param>
    public static (long Offset, long LengthBytes) Locate(BlobRecord blob, int number)
    {
        int count = CountParts(blob);
        if (number < 1 || number > count)
        {
            throw BlobErrors.NoSuchPart(blob.Id, number, count);
        }

        long partLength = blob.PartLengthBytes ?? blob.LengthBytes;
        long offset = (number - 1) * partLength;
        return (offset, Math.Min(partLength, blob.LengthBytes - offset));
    }
}
