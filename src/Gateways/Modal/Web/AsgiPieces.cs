using Appliance.Engine.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Web;

/// <summary>The pieces of a web request and its response, as they travel between server and container.</summary>
internal sealed class AsgiPieces(DirectCall call)
{
    private ulong sent;

    public async Task SendAsync(Asgi piece, CancellationToken cancellation)
    {
        var chunk = new DataChunk { DataFormat = DataFormat.Asgi, Index = ++sent, Data = piece.ToByteString() };
        await call.Inward.Writer.WriteAsync(chunk.ToByteArray(), cancellation);
    }

    /// <summary>The next piece from the container; null when the call is over.</summary>
    public async Task<Asgi?> ReceiveAsync(CancellationToken cancellation)
    {
        while (await call.Outward.Reader.WaitToReadAsync(cancellation))
        {
            while (call.Outward.Reader.TryRead(out byte[]? bytes))
            {
                DataChunk chunk = DataChunk.Parser.ParseFrom(bytes);
                if (chunk.DataFormat == DataFormat.Asgi && Asgi.Parser.ParseFrom(chunk.Data) is { TypeCase: not Asgi.TypeOneofCase.None } piece)
                {
                    return piece;
                }
            }
        }

        return null;
    }
}
