using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Appliance.Tests.Grpc.Http2;

/// <summary>An HTTP/2 connection of which every frame is sent by hand and seen as it comes.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private const ushort HeaderTableSize = 1;
    private const ushort InitialWindowSize = 4;

    private readonly Socket socket;
    private readonly NetworkStream stream;

    private RawConnection(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket);
    }

    public static async Task<RawConnection> OpenAsync(IPEndPoint address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address);
        var connection = new RawConnection(socket);
        await connection.stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var settings = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, HeaderTableSize);
        BinaryPrimitives.WriteUInt16BigEndian(settings.AsSpan(6), InitialWindowSize);
        BinaryPrimitives.WriteInt32BigEndian(settings.AsSpan(8), 1 << 30);
        await connection.SendAsync(new Frame(FrameType.Settings, 0, 0, settings));
        return connection;
    }

    public Task SendHeadersAsync(int streamId, string path, params (string Name, string Value)[] more) => SendAsync(
        new Frame(FrameType.Headers, Frame.EndHeaders, streamId, HeaderBlock.Write(
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"),
            ("te", "trailers"), ("content-type", "application/grpc"), .. more,
        ])));

    public Task SendDataAsync(int streamId, ReadOnlySpan<byte> payload, bool endsStream = false) =>
        SendAsync(new Frame(FrameType.Data, endsStream ? Frame.EndStream : (byte)0, streamId, payload.ToArray()));

    public Task ResetAsync(int streamId, byte error = 8) =>
        SendAsync(new Frame(FrameType.RstStream, 0, streamId, [0, 0, 0, error]));

    /// <summary>Lets the server send a gigabyte on the connection; before, it may send 65535 bytes.</summary>
    public Task GrantAsync() => SendAsync(new Frame(FrameType.WindowUpdate, 0, 0, [0x40, 0, 0, 0]));

    public async Task SendAsync(Frame frame)
    {
        var bytes = new byte[9 + frame.Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Payload.Length << 8);
        bytes[3] = (byte)frame.Type;
        bytes[4] = frame.Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), frame.StreamId);
        frame.Payload.CopyTo(bytes, 9);
        await stream.WriteAsync(bytes);
    }

    /// <summary>The next frame, or null when the server has closed the connection.</summary>
    public async Task<Frame?> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var header = new byte[9];
        if (await stream.ReadAtLeastAsync(header, 9, throwOnEndOfStream: false, patience.Token) < 9)
        {
            return null;
        }

        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        await stream.ReadExactlyAsync(payload, patience.Token);
        return new Frame((FrameType)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    /// <summary>The frames of one stream up to and including the one that fits; frames of no stream are answered or skipped.</summary>
    public async Task<List<Frame>> ReceiveUntilAsync(int streamId, Func<Frame, bool> isLast)
    {
        var frames = new List<Frame>();
        while (await ReceiveAsync() is { } frame)
        {
            if (frame.StreamId != streamId)
            {
                continue;
            }

            frames.Add(frame);
            if (isLast(frame))
            {
                return frames;
            }
        }

        throw new EndOfStreamException($"The server closed the connection after {frames.Count} frames of stream {streamId}.");
    }

    /// <summary>The outcome of one stream: its status, and its message decoded from the last headers or trailers.</summary>
    public async Task<Dictionary<string, string>> ReceiveEndAsync(int streamId)
    {
        List<Frame> frames = await ReceiveUntilAsync(streamId, frame => frame.EndsStream);
        return HeaderBlock.Read(frames.Last(frame => frame.Type == FrameType.Headers).Payload);
    }

    public ValueTask DisposeAsync()
    {
        socket.Close(timeout: 0);
        return stream.DisposeAsync();
    }
}
