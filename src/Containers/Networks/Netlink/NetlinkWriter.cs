using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Containers.Networks.Netlink;

/// <summary>
/// Writes netlink messages one behind the other: a header, a fixed part, then attributes, which may hold further
/// attributes. Numbers are in the machine's byte order unless a method says otherwise.
/// </summary>
public sealed class NetlinkWriter
{
    public const int HeaderBytes = 16;

    private const int Alignment = 4;
    private const int AttributeHeaderBytes = 4;
    private const ushort NestedFlag = 0x8000;

    private byte[] buffer = new byte[1024];
    private int length;
    private int messageStart = -1;
    private uint sequence;

    /// <param name="firstSequence">Number of the first message; the others count on from it.</param>
    public NetlinkWriter(uint firstSequence) => sequence = FirstSequence = firstSequence;

    public uint FirstSequence { get; }

    public uint LastSequence => sequence - 1;

    public int MessageCount => (int)(sequence - FirstSequence);

    /// <summary>How many replies of the kind "done" or "failed" the kernel will send.</summary>
    public int AcknowledgementCount { get; private set; }

    /// <summary>All messages; the writer must not be written to after this.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        End();
        return buffer.AsSpan(0, length);
    }

    /// <summary>Ends the message before and begins one. The fixed part comes next, then attributes.</summary>
    public NetlinkWriter Begin(ushort type, NetlinkFlags flags)
    {
        End();
        messageStart = length;
        Span<byte> header = Extend(HeaderBytes);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)(flags | NetlinkFlags.Request));
        MemoryMarshal.Write(header[8..], sequence++);
        AcknowledgementCount += flags.HasFlag(NetlinkFlags.Acknowledge) ? 1 : 0;
        return this;
    }

    /// <summary>Asks for an acknowledgement of the message that is being written.</summary>
    public void AcknowledgeMessage()
    {
        Span<byte> flags = buffer.AsSpan(messageStart + 6);
        MemoryMarshal.Write(flags, (ushort)(MemoryMarshal.Read<ushort>(flags) | (ushort)NetlinkFlags.Acknowledge));
        AcknowledgementCount++;
    }

    /// <summary>Room for a message's fixed part, all zero.</summary>
    public Span<byte> Extend(int count)
    {
        int padded = Align(count);
        if (length + padded > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + padded));
        }

        Span<byte> room = buffer.AsSpan(length, count);
        length += padded;
        return room;
    }

    public NetlinkWriter Put(int type, ReadOnlySpan<byte> value)
    {
        Span<byte> attribute = Extend(AttributeHeaderBytes + value.Length);
        MemoryMarshal.Write(attribute, (ushort)attribute.Length);
        MemoryMarshal.Write(attribute[2..], (ushort)type);
        value.CopyTo(attribute[AttributeHeaderBytes..]);
        return this;
    }

    public NetlinkWriter PutUInt32(int type, uint value) => Put(type, MemoryMarshal.AsBytes<uint>([value]));

    /// <summary>As nf_tables and connection tracking want numbers.</summary>
    public NetlinkWriter PutBigEndian(int type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Put(type, bytes);
    }

    public NetlinkWriter PutBigEndian(int type, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Put(type, bytes);
    }

    /// <summary>Text with the zero byte behind it.</summary>
    public NetlinkWriter PutText(int type, string value) => Put(type, Encoding.UTF8.GetBytes(value + "\0"));

    public NetlinkWriter PutAddress(int type, IPAddress address) => Put(type, address.GetAddressBytes());

    /// <summary>Begins an attribute that holds others, until the nest is disposed.</summary>
    public Nest PutNest(int type)
    {
        int start = length;
        MemoryMarshal.Write(Extend(AttributeHeaderBytes)[2..], (ushort)(type | NestedFlag));
        return new Nest(this, start);
    }

    /// <summary>An attribute that holds others, all written already.</summary>
    public NetlinkWriter PutNested(int type, ReadOnlySpan<byte> attributes) => Put(type | NestedFlag, attributes);

    private static int Align(int count) => (count + Alignment - 1) & ~(Alignment - 1);

    private void End()
    {
        if (messageStart >= 0)
        {
            MemoryMarshal.Write(buffer.AsSpan(messageStart), length - messageStart);
        }
    }

    /// <summary>An attribute that is being filled.</summary>
    public readonly struct Nest(NetlinkWriter writer, int start) : IDisposable
    {
        public void Dispose() => MemoryMarshal.Write(writer.buffer.AsSpan(start), checked((ushort)(writer.length - start)));
    }
}
