using System.Threading.Channels;
using Appliance.Core.Streams;

namespace Appliance.Images.Layers.Reading;

/// <summary>
/// Reads another stream on a task of its own, some buffers ahead of its reader, so that unpacking and hashing go on while
/// files are written. Disposing it ends the task and leaves the source open.
/// </summary>
internal sealed class ReadAheadStream : OneWayStream
{
    private const int BufferBytes = 512 * 1024;
    private const int BufferCount = 4;

    private readonly Channel<(byte[] Buffer, int Length)> filled = Channel.CreateBounded<(byte[], int)>(BufferCount);
    private readonly Channel<byte[]> empty = Channel.CreateUnbounded<byte[]>();
    private readonly CancellationTokenSource stop;
    private readonly Task pump;
    private byte[]? current;
    private int start;
    private int end;

    public ReadAheadStream(Stream source, CancellationToken cancellation)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        for (int index = 0; index < BufferCount; index++)
        {
            empty.Writer.TryWrite(new byte[BufferBytes]);
        }

        pump = Task.Run(() => PumpAsync(source), CancellationToken.None);
    }

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (start == end && !await RefillAsync(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        int length = Math.Min(buffer.Length, end - start);
        current.AsSpan(start, length).CopyTo(buffer.Span);
        start += length;
        return length;
    }

    public override async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await pump.ConfigureAwait(false);
        stop.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> RefillAsync(CancellationToken cancellation)
    {
        if (current is not null)
        {
            empty.Writer.TryWrite(current);
            current = null;
        }

        if (!await filled.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false) || !filled.Reader.TryRead(out (byte[] Buffer, int Length) next))
        {
            start = end = 0;
            return false;
        }

        (current, start, end) = (next.Buffer, 0, next.Length);
        return true;
    }

    private async Task PumpAsync(Stream source)
    {
        try
        {
            while (true)
            {
                byte[] buffer = await empty.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
                int length = await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, stop.Token).ConfigureAwait(false);
                if (length > 0)
                {
                    await filled.Writer.WriteAsync((buffer, length), stop.Token).ConfigureAwait(false);
                }

                if (length < buffer.Length)
                {
                    filled.Writer.Complete();
                    return;
                }
            }
        }
        catch (Exception failure)
        {
            // The reader hears of it where it stands.
            filled.Writer.Complete(failure);
        }
    }
}
