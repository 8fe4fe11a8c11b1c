using Appliance.Metadata.Blobs;

namespace Appliance.Blobs;

/// <summary>
/// How a blob is cut for its upload. What has its MD5 at hand is sent whole, whatever its length: it lies in the client's
/// memory, of which the Python client makes a copy for each part. Files beyond <see cref="WholeBytesMax"/> come without
/// an MD5 (contracts/modal.md §6), and in parts, which go side by side and are begun again one by one.
/// </summary>
public static class PartPlan
{
    public const long WholeBytesMax = 1L << 30;

    private const long PartBytesMin = 64L << 20;
    private const int PartsMax = 1_000;

    /// <summary>The length of all parts but the last; null when the blob comes as one.</summary>
    public static long? PartLengthOf(BlobDeclaration declaration)
    {
        long lengthBytes = declaration.LengthBytes;
        if (lengthBytes <= WholeBytesMax || declaration.Md5 is not null)
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
