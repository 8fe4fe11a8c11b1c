using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Forwarding;

/// <summary>A request's body on its way through: each piece is sent on as it comes.</summary>
internal sealed class ForwardedBody(HttpRequest request, CancellationToken cancellation) : HttpContent
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Copies until the source ends; nothing waits in the target for more.</summary>
    public static async Task CopyAsync(Stream source, Stream target, CancellationToken cancellation)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            int length;
            while ((length = await source.ReadAsync(piece, cancellation)) > 0)
            {
                await target.WriteAsync(piece.AsMemory(0, length), cancellation);
                await target.FlushAsync(cancellation);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cancellation);
        await CopyAsync(request.Body, stream, either.Token);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = request.ContentLength ?? 0;
        return request.ContentLength is not null;
    }
}
