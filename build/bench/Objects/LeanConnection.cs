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
    private const int KeyBytes = 36;
    private const byte Data = 0, Headers = 1, Settings = 4, WindowUpdate = 8;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly (string Name, string Value)[] headers;
    private readonly Dictionary<(string Name, string Value), int> table = [];
    private readonly byte[] output = new byte[64 * 1024];
    private readonly byte[] input = new byte[64 * 1024];
    private readonly byte[] lastMessage = new byte[64 * 1024];
    private string? knownPath;
    private byte[] knownBlock = [];
    private int inputLength;
    private int nextStream = 1;
    private int answer;

    public LeanConnection((string Name, string Value)[] headers) => this.headers = headers;

    public int Descriptor => (int)socket.Handle;

    public void Open(int port)
    {
        socket.Connect(IPAddress.Loopback, port);
        int length = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", output);
        length += WriteFrameHeader(output.AsSpan(length), 6, Settings, 0, 0);
        BinaryPrimitives.WriteUInt16BigEndian(output.AsSpan(length), 4);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length + 2), int.MaxValue);
        length += 6;
        length += WriteFrameHeader(output.AsSpan(length), 4, WindowUpdate, 0, 0);
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length), int.MaxValue - 65_535);
        Send(length + 4);
    }

    /// <summary>Sends a call with an idempotency key of its own.</summary>
    public void Begin(string path, ReadOnlySpan<byte> message)
    {
        int block = WriteHeaderBlock(output.AsSpan(FrameHeaderBytes), path);
        WriteFrameHeader(output, block, Headers, EndHeaders, nextStream);
        int length = FrameHeaderBytes + block;
        length += WriteFrameHeader(output.AsSpan(length), message.Length + 5, Data, EndStream, nextStream);
        output[length] = 0;
        BinaryPrimitives.WriteInt32BigEndian(output.AsSpan(length + 1), message.Length);
        message.CopyTo(output.AsSpan(length + 5));
        answer = -1;
        Send(length + 5 + message.Length);
    }

    /// <summary>
    /// Receives once, which blocks while nothing has come. True when the call has ended, with the length of the message
    /// that came back, or −1 where the call failed.
    /// </summary>
    public bool TryEnd(out int messageLength)
    {
        inputLength += socket.Receive(input.AsSpan(inputLength)) is var read and > 0
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

            hasEnded |= Take(input.AsSpan(at, FrameHeaderBytes), input.AsSpan(at + FrameHeaderBytes, length));
            at += FrameHeaderBytes + length;
        }

        input.AsSpan(at, inputLength - at).CopyTo(input);
        inputLength -= at;
        nextStream += hasEnded ? 2 : 0;
        messageLength = answer;
        return hasEnded;
    }

    /// <summary>Calls, waits, and answers the message.</summary>
    public byte[] Call(string path, ReadOnlySpan<byte> message)
    {
        Begin(path, message);
        int length;
        while (!TryEnd(out length))
        {
            // More of it is on its way.
        }

        return length < 0 ? throw new InvalidOperationException($"'{path}' failed.") : lastMessage[..length];
    }

    public void Dispose() => socket.Dispose();

    /// <summary>True for the frame that ends the call.</summary>
    private bool Take(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        (byte type, byte flags) = (header[3], header[4]);
        bool isOurs = BinaryPrimitives.ReadInt32BigEndian(header[5..]) == nextStream;
        if (type == Data && isOurs && payload.Length > 0)
        {
            answer = payload.Length - 5;
            payload[5..].CopyTo(lastMessage);
        }

        if (type == Settings && (flags & 1) == 0)
        {
            Send(WriteFrameHeader(output, 0, Settings, 1, 0));
        }

        return isOurs && type is Data or Headers && (flags & EndStream) != 0;
    }

    private void Send(int length)
    {
        for (int sent = 0; sent < length;)
        {
            sent += socket.Send(output.AsSpan(sent, length - sent));
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
    private int WriteHeaderBlock(Span<byte> target, string path)
    {
        if (path != knownPath)
        {
            return WriteNewHeaderBlock(target, path);
        }

        knownBlock.CopyTo(target);
        return knownBlock.Length + WriteKey(target[knownBlock.Length..]);
    }

    private int WriteNewHeaderBlock(Span<byte> target, string path)
    {
        // Entries 3 and 6 of the static table: POST, http.
        target[0] = 0x83;
        target[1] = 0x86;
        int tableLength = table.Count;
        int length = 2 + WriteKnown(target[2..], ":path", path);
        foreach ((string name, string value) in headers)
        {
            length += WriteKnown(target[length..], name, value);
        }

        if (table.Count == tableLength)
        {
            (knownPath, knownBlock) = (path, target[..length].ToArray());
        }
        else
        {
            knownPath = null;
        }

        return length + WriteKey(target[length..]);
    }

    private int WriteKnown(Span<byte> target, string name, string value)
    {
        if (table.TryGetValue((name, value), out int position))
        {
            target[0] = (byte)(0x80 | (StaticEntries + table.Count - position));
            return 1;
        }

        table.Add((name, value), table.Count);
        int length = WriteName(target, 0x40, name);
        return length + WriteText(target[length..], value);
    }

    private static int WriteKey(Span<byte> target)
    {
        int length = WriteName(target, 0, "x-idempotency-key");
        target[length++] = KeyBytes;
        Span<byte> random = stackalloc byte[16];
        Random.Shared.NextBytes(random);
        new Guid(random).TryFormat(target[length..], out int written);
        return length + written;
    }

    private static int WriteName(Span<byte> target, byte form, string name)
    {
        target[0] = form;
        return 1 + WriteText(target[1..], name);
    }

    private static int WriteText(Span<byte> target, string text)
    {
        target[0] = (byte)text.Length;
        return 1 + Encoding.ASCII.GetBytes(text, target[1..]);
    }
}
