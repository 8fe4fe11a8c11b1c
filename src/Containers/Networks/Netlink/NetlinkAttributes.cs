using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Appliance.Containers.Networks.Netlink;

/// <summary>The attributes of a message or of a nest, looked up by type. What is cut short counts as missing.</summary>
public readonly struct NetlinkAttributes(ReadOnlyMemory<byte> bytes)
{
    private const int HeaderBytes = 4;
    private const ushort TypeMask = 0x3FFF;

    public IEnumerable<(int Type, ReadOnlyMemory<byte> Value)> All()
    {
        ReadOnlyMemory<byte> rest = bytes;
        while (rest.Length >= HeaderBytes)
        {
            int length = MemoryMarshal.Read<ushort>(rest.Span);
            if (length < HeaderBytes || length > rest.Length)
            {
                yield break;
            }

            yield return (MemoryMarshal.Read<ushort>(rest.Span[2..]) & TypeMask, rest[HeaderBytes..length]);
            rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        }
    }

    public ReadOnlyMemory<byte>? Find(int type)
    {
        foreach ((int found, ReadOnlyMemory<byte> value) in All())
        {
            if (found == type)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The attributes inside an attribute; none when it is missing.</summary>
    public NetlinkAttributes Nested(int type) => new(Find(type) ?? ReadOnlyMemory<byte>.Empty);

    public uint? FindUInt32(int type) => Find(type) is { Length: >= 4 } value ? MemoryMarshal.Read<uint>(value.Span) : null;

    public uint? FindBigEndian(int type) => Find(type) is { Length: >= 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value.Span) : null;

    public ulong? FindBigEndian64(int type) => Find(type) is { Length: >= 8 } value ? BinaryPrimitives.ReadUInt64BigEndian(value.Span) : null;

    public string? FindText(int type) => Find(type) is { } value ? Encoding.UTF8.GetString(value.Span).TrimEnd('\0') : null;

    public IPAddress? FindAddress(int type) => Find(type) is { Length: 4 or 16 } value ? new IPAddress(value.Span) : null;
}
