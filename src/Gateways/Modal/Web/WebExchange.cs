using System.Buffers;
using System.Text;
using Appliance.Engine.Calls;
using Appliance.Metadata.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>One HTTP request to a web function, from its first byte to the last of its response. Bodies flow both ways.</summary>
internal sealed class WebExchange(HttpContext http, DirectCall call)
{
    private const int ReadBytes = 64 * 1024;

    /// <summary>The container answers 408 itself when nothing comes within 5 s.</summary>
    private static readonly TimeSpan FirstPieceBy = TimeSpan.FromSeconds(2);

    private static readonly string[] OwnHeaders = ["transfer-encoding", "connection", "keep-alive"];

    private readonly AsgiPieces pieces = new(call);

    public async Task RunAsync(CancellationToken cancellation)
    {
        Task body = SendBodyAsync(cancellation);
        while (await pieces.ReceiveAsync(cancellation) is { } piece)
        {
            switch (piece.TypeCase)
            {
                case Asgi.TypeOneofCase.HttpResponseStart:
                    Begin(piece.HttpResponseStart);
                    break;
                case Asgi.TypeOneofCase.HttpResponseBody:
                    await http.Response.BodyWriter.WriteAsync(piece.HttpResponseBody.Body.Memory, cancellation);
                    break;
                case Asgi.TypeOneofCase.HttpResponseTrailers:
                    AddTrailers(piece.HttpResponseTrailers);
                    break;
            }
        }

        if (!http.Response.HasStarted && !hasBegun)
        {
            await RefuseAsync(http, call.Outcome);
        }

        await body.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Says why there is no response of the function's own.</summary>
    public static Task RefuseAsync(HttpContext http, DirectOutcome? outcome)
    {
        http.Response.StatusCode = outcome?.Status switch
        {
            InputStatus.Timeout => StatusCodes.Status504GatewayTimeout,
            InputStatus.InitFailure or InputStatus.InternalFailure or InputStatus.Terminated => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(outcome is { Task: null, Message: { } told } ? told + "\n" : "The function failed; its logs say why.\n", http.RequestAborted);
    }

    private bool hasBegun;

    private void Begin(Asgi.Types.HttpResponseStart start)
    {
        hasBegun = true;
        http.Response.StatusCode = (int)start.Status;
        foreach ((string name, string value) in Pairs(start.Headers))
        {
            if (!OwnHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                http.Response.Headers.Append(name, value);
            }
        }
    }

    private void AddTrailers(Asgi.Types.HttpResponseTrailers trailers)
    {
        foreach ((string name, string value) in Pairs(trailers.Headers))
        {
            if (http.Response.SupportsTrailers())
            {
                http.Response.AppendTrailer(name, value);
            }
        }
    }

    private static IEnumerable<(string Name, string Value)> Pairs(IReadOnlyList<ByteString> flat)
    {
        for (int index = 0; index + 1 < flat.Count; index += 2)
        {
            yield return (flat[index].ToStringUtf8(), Encoding.Latin1.GetString(flat[index + 1].Span));
        }
    }

    private async Task SendBodyAsync(CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            Task<int> reading = http.Request.Body.ReadAsync(buffer.AsMemory(0, ReadBytes), cancellation).AsTask();
            if (await Task.WhenAny(reading, Task.Delay(FirstPieceBy, cancellation)) != reading)
            {
                await pieces.SendAsync(Body(ByteString.Empty, hasMore: true), cancellation);
            }

            for (int count = await reading; count > 0; count = await http.Request.Body.ReadAsync(buffer.AsMemory(0, ReadBytes), cancellation))
            {
                await pieces.SendAsync(Body(ByteString.CopyFrom(buffer.AsSpan(0, count)), hasMore: true), cancellation);
            }

            await pieces.SendAsync(Body(ByteString.Empty, hasMore: false), cancellation);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or BadHttpRequestException or System.Threading.Channels.ChannelClosedException)
        {
            // The caller has gone, or the function does not want the rest.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Asgi Body(ByteString body, bool hasMore) => new() { HttpRequest = new Asgi.Types.HttpRequest { Body = body, MoreBody = hasMore } };
}
