using System.Security.Cryptography;
using Appliance.Core.Digests;
using Appliance.Core.Streams;

namespace Appliance.Images.Layers.Reading;

/// <summary>Passes another stream through and sums up what passed. Disposing it leaves the source open.</summary>
/// <param name="source">Passes.</param>
/// <param name="isHashed">Whether anybody will ask for the digest: a second one costs as much as reading does.</param>
internal sealed class HashingStream(Stream source, bool isHashed = true) : OneWayStream
{
    private readonly IncrementalHash? hash = isHashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    private long length;

    public override bool CanRead => true;

    /// <summary>How many bytes passed, for other threads, too.</summary>
    public long LengthSoFar => Volatile.Read(ref length);

    /// <summary>The digest of what passed; to be asked once, at the end.</summary>
    public Digest Finish() => Digest.FromBytes(hash!.GetHashAndReset());

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = source.Read(buffer);
        Note(buffer[..read]);
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Note(buffer.Span[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        hash?.Dispose();
        base.Dispose(disposing);
    }

    private void Note(ReadOnlySpan<byte> bytes)
    {
        hash?.AppendData(bytes);
        Volatile.Write(ref length, length + bytes.Length);
    }
}
