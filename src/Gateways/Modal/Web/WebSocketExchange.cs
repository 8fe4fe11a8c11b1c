using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Appliance.Engine.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>One WebSocket to a web function, from its opening to its end.</summary>
internal sealed class WebSocketExchange(HttpContext http, DirectCall call)
{
    private const int ReadBytes = 64 * 1024;
    private const int MessageBytesMax = 16 << 20;

    private readonly AsgiPieces pieces = new(call);

    public async Task RunAsync(CancellationToken cancellation)
    {
        await pieces.SendAsync(new Asgi { WebsocketConnect = new Asgi.Types.WebsocketConnect() }, cancellation);
        Asgi? first = await pieces.ReceiveAsync(cancellation);
        if (first is not { TypeCase: Asgi.TypeOneofCase.WebsocketAccept })
        {
            await RefuseAsync(first);
            return;
        }

        string protocol = first.WebsocketAccept.Subprotocol;
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync(protocol.Length > 0 ? protocol : null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task receiving = ReceiveAsync(socket, stop.Token);
        await SendAsync(socket, cancellation);
        await stop.CancelAsync();
        await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task RefuseAsync(Asgi? answer)
    {
        if (answer is null)
        {
            return WebExchange.RefuseAsync(http, call.Outcome);
        }

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>From the function to the caller, until either ends it.</summary>
    private async Task SendAsync(WebSocket socket, CancellationToken cancellation)
    {
        while (await pieces.ReceiveAsync(cancellation) is { } piece)
        {
            if (piece.TypeCase == Asgi.TypeOneofCase.WebsocketClose)
            {
                Asgi.Types.WebsocketClose close = piece.WebsocketClose;
                await CloseAsync(socket, close.HasCode ? (WebSocketCloseStatus)close.Code : WebSocketCloseStatus.NormalClosure, close.Reason);
                return;
            }

            if (piece.TypeCase == Asgi.TypeOneofCase.WebsocketSend)
            {
                Asgi.Types.WebsocketSend send = piece.WebsocketSend;
                bool isText = send.ContentCase == Asgi.Types.WebsocketSend.ContentOneofCase.Text;
                ReadOnlyMemory<byte> bytes = isText ? Encoding.UTF8.GetBytes(send.Text) : send.Bytes.Memory;
                await socket.SendAsync(bytes, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellation);
            }
        }

        await CloseAsync(socket, WebSocketCloseStatus.InternalServerError, "The function has ended.");
    }

    /// <summary>From the caller to the function.</summary>
    private async Task ReceiveAsync(WebSocket socket, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult read = await socket.ReceiveAsync(buffer.AsMemory(0, ReadBytes), cancellation);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    await pieces.SendAsync(Disconnect((uint)(socket.CloseStatus ?? WebSocketCloseStatus.Empty)), cancellation);
                    return;
                }

                message.Write(buffer, 0, read.Count);
                if (message.Length > MessageBytesMax)
                {
                    await CloseAsync(socket, WebSocketCloseStatus.MessageTooBig, "Messages are 16 MiB at most.");
                    return;
                }

                if (read.EndOfMessage)
                {
                    await pieces.SendAsync(Received(message.ToArray(), read.MessageType == WebSocketMessageType.Text), cancellation);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or System.Threading.Channels.ChannelClosedException)
        {
            await TellGoneAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task TellGoneAsync()
    {
        try
        {
            await pieces.SendAsync(Disconnect((uint)WebSocketCloseStatus.EndpointUnavailable), CancellationToken.None);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            // The function has ended, too.
        }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string reason)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(status, reason.Length > 100 ? reason[..100] : reason, CancellationToken.None);
        }
    }

    private static Asgi Received(byte[] bytes, bool isText)
    {
        var received = new Asgi.Types.WebsocketReceive();
        if (isText)
        {
            received.Text = Encoding.UTF8.GetString(bytes);
        }
        else
        {
            received.Bytes = UnsafeByteOperations.UnsafeWrap(bytes);
        }

        return new Asgi { WebsocketReceive = received };
    }

    private static Asgi Disconnect(uint code) => new() { WebsocketDisconnect = new Asgi.Types.WebsocketDisconnect { Code = code } };
}
