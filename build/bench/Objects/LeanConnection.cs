using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Bench.Objects;

/// <summary>
/// One HTTP/2 connection with one call under way at a time, as lean as redis-benchmark's connections are: what a general
/// client costs is not to be measured. Constant headers go over the wire once, as the real clients do it.
/// </summary>
internal sealed class LeanConnection : IDisposable
{
    private const int StaticEntries = 61;
    private const int FrameHeaderBytes = 9;
    private const byte Data = 0, Headers = 1, Settings = 4, WindowUpdate = 8;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly (string Name, string Value)[] headers;
    private readonly Dictionary<(string Name, string Value), int> table = [];
    private readonly byte[] output = new byte[256 * 1024];
    private readonly byte[] input = new byte[256 * 1024];
    private readonly byte[] lastMessage = new byte[64 * 1024];
    private int inputLength;
    private int nextStream = 1;

    public LeanConnection((string Name, string Value)[] headers) => this.headers = headers;

    public async Task OpenAsync(int port)
    {
        await socket.ConnectAsync(IPAddress.Loopback, port);
        int length = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", output);
        length += WriteFrameHeader(output.AsSpan(length), 6, Settings, 0, 0);
        BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(length), 4);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length + 2), int.MaxValue);
        length += 6;
        length += WriteFrameHeader(output.AsSpan(length), 4, WindowUpdate, 0, 0);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length), int.MaxValue - 65_535);
        await SendAsync(length + 4);
    }

    /// <summary>Calls a method; answers the length of the message that came back, or −1 where the call failed.</summary>
    public async ValueTask<int> CallAsync(string path, ReadOnlyMemory<byte> message, string idempotencyKey)
    {
        int stream = nextStream;
        nextStream += 2;
        int block = WriteHeaderBlock(output.AsSpan(FrameHeaderBytes), path, idempotencyKey);
        WriteFrameHeader(output, block, Headers, EndHeaders, stream);
        int length = FrameHeaderBytes + block;
        length += WriteFrameHeader(output.AsSpan(length), message.Length + 5, Data, EndStream, stream);
        output[length] = 0;
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length + 1), message.Length);
        message.Span.CopyTo(output.AsSpan(length + 5));
        await SendAsync(length + 5 + message.Length);
        return await ReceiveAsync(stream);
    }

    /// <summary>As <see cref="CallAsync"/>, with the message itself.</summary>
    public async Task<byte[]> CallForMessageAsync(string path, ReadOnlyMemory<byte> message)
    {
        int length = await CallAsync(path, message, Guid.NewGuid().ToString());
        return length < 0 ? throw new InvalidOperationException($"'{path}' failed.") : lastMessage[..length];
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> ReceiveAsync(int stream)
    {
        int answer = -1;
        while (true)
        {
            inputLength += await socket.ReceiveAsync(input.AsMemory(inputLength), SocketFlags.None) is var read and > 0
                ? read
                : throw new IOException("The server closed the connection.");
            int at = 0;
            bool hasEnded = false;
            while (inputLength - at >= FrameHeaderBytes)
            {
                int length = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(at)) >>> 8;
                if (inputLength - at < FrameHeaderBytes + length)
                {
                    break;
                }

                (byte type, byte flags) = (input[at + 3], input[at + 4]);
                bool isOurs = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(at + 5)) == stream;
                if (type == Data && isOurs && length > 0)
                {
                    answer = length - 5;
                    input.AsSpan(at + FrameHeaderBytes + 5, answer).CopyTo(lastMessage);
                }

                hasEnded |= isOurs && type is Data or Headers && (flags & EndStream) != 0;
                if (type == Settings && (flags & 1) == 0)
                {
                    WriteFrameHeader(output, 0, Settings, 1, 0);
                    await SendAsync(FrameHeaderBytes);
                }

                at += FrameHeaderBytes + length;
            }

            input.AsSpan(at, inputLength - at).CopyTo(input);
            inputLength -= at;
            if (hasEnded)
            {
                return answer;
            }
        }
    }

    private async ValueTask SendAsync(int length)
    {
        for (int sent = 0; sent < length;)
        {
            sent += await socket.SendAsync(output.AsMemory(sent, length - sent), SocketFlags.None);
        }
    }

    private static int WriteFrameHeader(Span<byte> target, int length, byte type, byte flags, int stream)
    {
        BinaryPrimitives.WriteInt32BigEndian(target, (length << 8) | type);
        target[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], stream);
        return FrameHeaderBytes;
    }

    /// <summary>Headers are named once; later calls refer to them by their place in the table.</summary>
    private int WriteHeaderBlock(Span<byte> target, string path, string idempotencyKey)
    {
        // Entries 3 and 6 of the static table: POST, http.
        target[0] = 0x83;
        target[1] = 0x86;
        int length = 2 + WriteKnown(target[2..], ":path", path);
        foreach ((string name, string value) in headers)
        {
            length += WriteKnown(target[length..], name, value);
        }

        return length + WriteLiteral(target[length..], 0, "x-idempotency-key", idempotencyKey);
    }

    private int WriteKnown(Span<byte> target, string name, string value)
    {
        if (table.TryGetValue((name, value), out int position))
        {
            target[0] = (byte)(0x80 | (StaticEntries + table.Count - position));
            return 1;
        }

        table.Add((name, value), table.Count);
        return WriteLiteral(target, 0x40, name, value);
    }

    private static int WriteLiteral(Span<byte> target, byte form, string name, string value)
    {
        target[0] = form;
        target[1] = (byte)name.Length;
        int length = 2 + Encoding.ASCII.GetBytes(name, target[2..]);
        target[length] = (byte)value.Length;
        return length + 1 + Encoding.ASCII.GetBytes(value, target[(length + 1)..]);
    }
}
