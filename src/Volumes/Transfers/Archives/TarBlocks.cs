using Appliance.Core.Errors;
using Appliance.Core.Streams;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>A tar stream on its way into the reader, which notes where in it that is and whether its end was seen.</summary>
internal sealed class TarBlocks(Stream source) : OneWayStream
{
    private const int BlockBytes = 512;

    private long position;
    private bool endsInZeros;

    public override bool CanRead => true;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        try
        {
            int read = source.Read(buffer);
            return Note(buffer[..read], buffer.Length);
        }
        catch (InvalidDataException fault)
        {
            throw ArchivePacking.Unreadable(fault);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            int read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return Note(buffer.Span[..read], buffer.Length);
        }
        catch (InvalidDataException fault)
        {
            throw ArchivePacking.Unreadable(fault);
        }
    }

    /// <summary>Goes on to where the next header begins.</summary>
    public async Task SkipPaddingAsync(CancellationToken cancellation)
    {
        int left = (int)((BlockBytes - (position % BlockBytes)) % BlockBytes);
        await this.ReadExactlyAsync(new byte[left], cancellation).ConfigureAwait(false);
    }

    /// <summary>What ends without a block of zeros was cut short, perhaps between two files.</summary>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public void EnsureEnded()
    {
        if (!endsInZeros)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, position == 0 ? "The archive is empty." : "The archive is cut short: it has no end mark.");
        }
    }

    private int Note(ReadOnlySpan<byte> bytes, int wanted)
    {
        position += bytes.Length;
        if (!bytes.IsEmpty && wanted <= BlockBytes)
        {
            endsInZeros = !bytes.ContainsAnyExcept((byte)0);
        }

        return bytes.Length;
    }
}
