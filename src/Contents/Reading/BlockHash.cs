using System.Security.Cryptography;
using Appliance.Core.Digests;

namespace Appliance.Contents.Reading;

/// <summary>Hashes a block as the volume protocol does, without its trailing zeros, while its bytes stream by.</summary>
internal sealed class BlockHash : IDisposable
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long heldZeros;

    /// <summary>How many bytes count: those up to the last one that is not zero.</summary>
    public long LengthBytes { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        int significant = bytes.LastIndexOfAnyExcept((byte)0) + 1;
        if (significant == 0)
        {
            heldZeros += bytes.Length;
            return;
        }

        LengthBytes += heldZeros + significant;
        while (heldZeros > 0)
        {
            int length = (int)Math.Min(heldZeros, Zeros.Length);
            hash.AppendData(Zeros, 0, length);
            heldZeros -= length;
        }

        hash.AppendData(bytes[..significant]);
        heldZeros = bytes.Length - significant;
    }

    public Digest Finish()
    {
        heldZeros = 0;
        LengthBytes = 0;
        return Digest.FromBytes(hash.GetHashAndReset());
    }

    public void Dispose() => hash.Dispose();
}
