using System.Security.Cryptography;
using Appliance.Blocks;
using Appliance.Contents.Reading;
using Appliance.Core.Digests;

namespace Appliance.Contents.Import;

/// <summary>Hashes a file as a whole and block by block while its bytes stream by.</summary>
internal sealed class FileHashes : IDisposable
{
    private readonly IncrementalHash whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly BlockHash block = new();
    private readonly List<Digest> blocks = [];
    private long sizeBytes;
    private byte last;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        whole.AppendData(bytes);
        last = bytes[^1];
        while (!bytes.IsEmpty)
        {
            int room = BlockLimits.LengthBytesMax - (int)(sizeBytes % BlockLimits.LengthBytesMax);
            ReadOnlySpan<byte> part = bytes[..Math.Min(room, bytes.Length)];
            block.Append(part);
            sizeBytes += part.Length;
            bytes = bytes[part.Length..];
            if (part.Length == room)
            {
                blocks.Add(block.Finish());
            }
        }
    }

    public FileShape Finish(out Digest wholeDigest, out bool endsInZeros)
    {
        if (sizeBytes % BlockLimits.LengthBytesMax != 0)
        {
            blocks.Add(block.Finish());
        }

        wholeDigest = Digest.FromBytes(whole.GetHashAndReset());
        endsInZeros = sizeBytes > 0 && last == 0;
        return new FileShape(sizeBytes, blocks);
    }

    public void Dispose()
    {
        whole.Dispose();
        block.Dispose();
    }
}
