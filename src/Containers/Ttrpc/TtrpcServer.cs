using System.Net.Sockets;
using Appliance.Protos.Containerd.Ttrpc;
using Google.Protobuf;
using Status = Appliance.Protos.Rpc.Status;

namespace Appliance.Containers.Ttrpc;

/// <summary>Listens on a Unix socket and answers calls with one handler, each connection's in the order they come.</summary>
public sealed class TtrpcServer : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<Request, IMessage?> handle;
    private readonly Task accepting;

    /// <param name="path">Where to listen; a socket left there by an earlier process is replaced.</param>
    /// <param name="handle">Answers a call; null when there is no such method.</param>
    public TtrpcServer(string path, Func<Request, IMessage?> handle)
    {
        this.handle = handle;
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen();
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                Socket peer = await listener.AcceptAsync(stop.Token);
                serving.RemoveAll(each => each.IsCompleted);
                serving.Add(ServeAsync(peer));
            }
        }
        catch (Exception cause) when (cause is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket peer)
    {
        await using var stream = new NetworkStream(peer, ownsSocket: true);
        byte[] header = new byte[TtrpcFrame.HeaderLength];
        try
        {
            while (true)
            {
                (uint streamId, byte type, byte[] payload) = await TtrpcFrame.ReceiveAsync(stream, header, stop.Token);
                if (type == TtrpcFrame.Request)
                {
                    await TtrpcFrame.SendAsync(stream, streamId, TtrpcFrame.Response, Answer(payload), stop.Token);
                }
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or OperationCanceledException or InvalidProtocolBufferException)
        {
            // The peer has left, or never spoke ttrpc.
        }
    }

    private Response Answer(byte[] payload)
    {
        Request request = Request.Parser.ParseFrom(payload);
        return handle(request) is { } answer
            ? new Response { Payload = answer.ToByteString() }
            : new Response { Status = new Status { Code = (int)TtrpcCode.Unimplemented, Message = $"{request.Service}/{request.Method}" } };
    }
}
