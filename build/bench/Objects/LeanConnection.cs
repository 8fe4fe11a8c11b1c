using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Appliance.Bench.Objects;

/// <summary>
/// One HTTP/2 connection, as lean as redis-benchmark's connections are: what a general client costs is not to be
/// measured. Constant headers go over the wire once, as the real clients do it.
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
    private readonly Dictionary<int, Ended> underWay = [];
    private string? knownPath;
    private byte[] knownBlock = [];
    private int outputLength;
    private int inputLength;
    private int nextStream = 1;

    public LeanConnection((string Name, string Value)[] headers) => this.headers = headers;

    public int Descriptor => (int)socket.Handle;

    public void Open(int port)
    {
        socket.Connect(IPAddress.Loopback, port);
        outputLength = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", output);
        Span<byte> settings = AddFrame(6, Settings, 0, 0);
        BinaryPrimitives.WriteUInt16BigEndian(settings, 4);
        BinaryPrimitives.WriteInt32BigEndian(settings[2..], int.MaxValue);
        BinaryPrimitives.WriteInt32BigEndian(AddFrame(4, WindowUpdate, 0, 0), int.MaxValue - 65_535);
        Send();
    }

    /// <summary>Adds a call, with an idempotency key of its own, to what <see cref="Send"/> sends.</summary>
    public void Begin(string path, ReadOnlySpan<byte> message, int caller)
    {
        int start = outputLength;
        int block = WriteHeaderBlock(output.AsSpan(start + FrameHeaderBytes), path);
        AddFrame(block, Headers, EndHeaders, nextStream);
        Span<byte> data = AddFrame(message.Length + 5, Data, EndStream, nextStream);
        data[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(data[1..], message.Length);
        message.CopyTo(data[5..]);
        underWay.Add(nextStream, new Ended(caller, -1));
        nextStream += 2;
    }

    public void Send()
    {
        for (int sent = 0; sent < outputLength;)
        {
            sent += socket.Send(output.AsSpan(sent, outputLength - sent));
        }

        outputLength = 0;
    }

    /// <summary>Receives once, which blocks while nothing has come, and adds the calls that have ended.</summary>
    public void Receive(List<Ended> ended)
    {
        inputLength += socket.Receive(input.AsSpan(inputLength)) is var read and > 0
            ? read
            : throw new IOException("The server closed the connection.");
        int at = 0;
        while (inputLength - at >= FrameHeaderBytes)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(input.AsSpan(at)) >>> 8;
            if (inputLength - at < FrameHeaderBytes + length)
            {
                break;
            }

            Take(input.AsSpan(at, FrameHeaderBytes), input.AsSpan(at + FrameHeaderBytes, length), ended);
            at += FrameHeaderBytes + length;
        }

        input.AsSpan(at, inputLength - at).CopyTo(input);
        inputLength -= at;
    }

    /// <summary>Calls, waits, and answers the message. Nothing else is under way meanwhile.</summary>
    public byte[] Call(string path, ReadOnlySpan<byte> message)
    {
        Begin(path, message, 0);
        Send();
        var ended = new List<Ended>();
        while (ended.Count == 0)
        {
            Receive(ended);
        }

        return ended[0].AnswerBytes < 0 ? throw new InvalidOperationException($"'{path}' failed.") : lastMessage[..ended[0].AnswerBytes];
    }

    public void Dispose() => socket.Dispose();

    private void Take(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, List<Ended> ended)
    {
        (byte type, byte flags) = (header[3], header[4]);
        int stream = BinaryPrimitives.ReadInt32BigEndian(header[5..]);
        if (type == Settings && (flags & 1) == 0)
        {
            AddFrame(0, Settings, 1, 0);
            Send();
        }

        if (type == Data && payload.Length > 0)
        {
            // The first five bytes of a message are its header; what is longer than a frame comes in several.
            Ended call = underWay[stream];
            ReadOnlySpan<byte> piece = call.AnswerBytes < 0 ? payload[5..] : payload;
            int known = Math.Max(call.AnswerBytes, 0);
            piece.CopyTo(lastMessage.AsSpan(known));
            underWay[stream] = call with { AnswerBytes = known + piece.Length };
        }

        if (type is Data or Headers && (flags & EndStream) != 0 && underWay.Remove(stream, out Ended whole))
        {
            ended.Add(whole);
        }
    }

    /// <summary>The place of the frame's payload.</summary>
    private Span<byte> AddFrame(int length, byte type, byte flags, int stream)
    {
        Span<byte> target = output.AsSpan(outputLength);
        BinaryPrimitives.WriteInt32BigEndian(target, (length << 8) | type);
        target[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(target[5..], stream);
        outputLength += FrameHeaderBytes + length;
        return target.Slice(FrameHeaderBytes, length);
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

    /// <summary>A call that has ended.</summary>
    /// <param name="Caller">Who made it.</param>
    /// <param name="AnswerBytes">Length of the message that came back; −1 where the call failed.</param>
    public readonly record struct Ended(int Caller, int AnswerBytes);
}
