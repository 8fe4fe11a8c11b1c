using System.Net;

namespace Appliance.Admin.Transfers;

/// <summary>An archive as the body of a request, which ends early once the server has said that it is of no use.</summary>
internal sealed class ArchiveContent(Stream archive, CancellationToken useless) : HttpContent
{
    private const int ChunkBytes = 256 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ChunkBytes];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(useless, cancellationToken);
        while (await ReadAsync(chunk, stop.Token, cancellationToken) is > 0 and var length)
        {
            await stream.WriteAsync(chunk.AsMemory(0, length), cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private async Task<int> ReadAsync(byte[] chunk, CancellationToken stop, CancellationToken cancellation)
    {
        try
        {
            // A pipe that stands still cannot be cancelled, so it is not waited for either.
            return await archive.ReadAsync(chunk, stop).AsTask().WaitAsync(stop);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return 0;
        }
    }
}
