using System.Collections.Concurrent;
using System.Net.Sockets;
using Appliance.Protos.Containerd.Ttrpc;
using Google.Protobuf;

namespace Appliance.Containers.Ttrpc;

/// <summary>One connection to a ttrpc server. Calls may overlap; each has a stream of its own.</summary>
public sealed class TtrpcClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<Response>> waiting = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<Exception> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NetworkStream stream;
    private readonly Task receiving;
    private int lastCall;

    private TtrpcClient(Socket socket)
    {
        stream = new NetworkStream(socket, ownsSocket: true);
        receiving = ReceiveAsync();
    }

    /// <summary>Ends when the connection does, with the reason.</summary>
    public Task<Exception> Closed => closed.Task;

    /// <param name="path">Of the server's Unix socket.</param>
    /// <param name="cancellation">Gives up connecting.</param>
    /// <exception cref="TtrpcException">Unavailable: nobody listens there.</exception>
    public static async Task<TtrpcClient> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new TtrpcClient(socket);
        }
        catch (SocketException cause)
        {
            socket.Dispose();
            throw new TtrpcException(TtrpcCode.Unavailable, $"Nothing answers at '{path}': {cause.Message}.", cause);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One call. ttrpc knows no cancellation: a call given up goes on in the server, its answer is dropped.</summary>
    /// <exception cref="TtrpcException">The server's refusal; Unavailable when the connection is gone.</exception>
    public async Task<TResponse> CallAsync<TResponse>(
        string service, string method, IMessage request, MessageParser<TResponse> parser, CancellationToken cancellation)
        where TResponse : IMessage<TResponse>
    {
        // A client's streams have odd numbers.
        uint streamId = ((uint)Interlocked.Increment(ref lastCall) * 2) - 1;
        var answer = new TaskCompletionSource<Response>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting[streamId] = answer;
        try
        {
            if (closed.Task.IsCompletedSuccessfully)
            {
                throw Gone(await closed.Task);
            }

            await SendAsync(streamId, new Request { Service = service, Method = method, Payload = request.ToByteString() }, cancellation);
            Response response = await answer.Task.WaitAsync(cancellation);
            if (response.Status is { Code: not 0 } status)
            {
                throw new TtrpcException((TtrpcCode)status.Code, status.Message);
            }

            return parser.ParseFrom(response.Payload);
        }
        finally
        {
            waiting.TryRemove(streamId, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await stream.DisposeAsync();
        await receiving;
        stop.Dispose();
        sending.Dispose();
    }

    private async Task SendAsync(uint streamId, Request request, CancellationToken cancellation)
    {
        await sending.WaitAsync(cancellation);
        try
        {
            // Not cancelled half-way: the rest of the connection would be garbage.
            await TtrpcFrame.SendAsync(stream, streamId, TtrpcFrame.Request, request, CancellationToken.None);
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException)
        {
            throw Gone(cause);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task ReceiveAsync()
    {
        byte[] header = new byte[TtrpcFrame.HeaderLength];
        try
        {
            while (true)
            {
                (uint streamId, byte type, byte[] payload) = await TtrpcFrame.ReceiveAsync(stream, header, stop.Token);
                if (type == TtrpcFrame.Response && waiting.TryRemove(streamId, out TaskCompletionSource<Response>? answer))
                {
                    answer.TrySetResult(Response.Parser.ParseFrom(payload));
                }
            }
        }
        catch (Exception reason)
        {
            End(reason);
        }
    }

    private void End(Exception reason)
    {
        closed.TrySetResult(reason);
        foreach (uint streamId in waiting.Keys)
        {
            if (waiting.TryRemove(streamId, out TaskCompletionSource<Response>? answer))
            {
                answer.TrySetException(Gone(reason));
            }
        }
    }

    private static TtrpcException Gone(Exception reason) =>
        new(TtrpcCode.Unavailable, $"The connection to the shim is gone: {reason.Message}", reason);
}
