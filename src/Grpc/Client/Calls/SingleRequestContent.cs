using System.Net;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client.Calls;

/// <summary>The body of a call with one request. It can be sent again, as the handler does when a connection is refused.</summary>
internal sealed class SingleRequestContent<T>(
    T message, Marshaller<T> marshaller, Func<PooledBuffer, MessageWriter> createWriter, WriteFlags flags) : HttpContent
    where T : class
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        createWriter(buffer).Write(message, marshaller, flags);
        await stream.WriteAsync(buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
