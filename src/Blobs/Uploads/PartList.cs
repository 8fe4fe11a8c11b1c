using System.Security.Cryptography;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Blobs;

namespace Appliance.Blobs.Uploads;

/// <summary>Compares the parts that a client says it sent with those that came.</summary>
internal static class PartList
{
    /// <exception cref="ApplianceException">InvalidArgument: they differ.</exception>
    public static void Check(BlobRecord blob, IReadOnlyList<(int Number, byte[] Md5)> sent, IReadOnlyList<(int Number, byte[] Md5)> came)
    {
        int count = PartPlan.CountParts(blob);
        if (came.Count < count)
        {
            throw BlobErrors.PartsDiffer(blob.Id, $"{came.Count} of its {count} parts came");
        }

        if (sent.Count != count)
        {
            throw BlobErrors.PartsDiffer(blob.Id, $"it has {count} parts, and {sent.Count} were named");
        }

        foreach (((int number, byte[] expected), (int namedNumber, byte[] named)) in came.Zip(sent))
        {
            if (namedNumber != number || !named.AsSpan().SequenceEqual(expected))
            {
                throw BlobErrors.PartsDiffer(blob.Id, $"part {number} has the ETag \"{Convert.ToHexStringLower(expected)}\", and another was named");
            }
        }
    }

    /// <summary>The ETag of the whole, as S3 makes it and clients check it (contracts/modal.md §0.7).</summary>
    // Part of the protocol, where it finds broken transfers; nothing rests on its strength.
    public static string ETagOf(IReadOnlyList<(int Number, byte[] Md5)> parts) =>
        $"{Convert.ToHexStringLower(MD5.HashData(parts.SelectMany(part => part.Md5).ToArray()))}-{parts.Count}";
}
