using System.Runtime.InteropServices;

namespace Appliance.Native.Directories;

/// <summary>All that a file system says of one name, without following a link.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits, with set-user-id, set-group-id and sticky.</param>
/// <param name="User">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="LinkCount">How many names it has.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="AllocatedBytes">What it takes on the disk.</param>
/// <param name="ModifiedAt">When its bytes last changed.</param>
/// <param name="Inode">With the device, what tells it from all others.</param>
/// <param name="FileSystem">The device it lies on.</param>
/// <param name="Device">The device that it stands for.</param>
public readonly record struct NodeStatus(
    NodeKind Kind,
    int Mode,
    uint User,
    uint Group,
    uint LinkCount,
    long SizeBytes,
    long AllocatedBytes,
    NodeTime ModifiedAt,
    ulong Inode,
    DeviceNumber FileSystem,
    DeviceNumber Device)
{
    internal const int BufferBytes = 256;

    private const int SectorBytes = 512;

    /// <summary>What a union file system takes for the absence of a name.</summary>
    public bool IsWhiteout => Kind == NodeKind.CharacterDevice && Device == default;

    // The kernel's struct statx, whose layout is the same on all machines.
    internal static NodeStatus Read(ReadOnlySpan<byte> answer)
    {
        int mode = MemoryMarshal.Read<ushort>(answer[28..]);
        return new NodeStatus(
            (NodeKind)(mode & 0xF000),
            mode & 0xFFF,
            MemoryMarshal.Read<uint>(answer[20..]),
            MemoryMarshal.Read<uint>(answer[24..]),
            MemoryMarshal.Read<uint>(answer[16..]),
            MemoryMarshal.Read<long>(answer[40..]),
            MemoryMarshal.Read<long>(answer[48..]) * SectorBytes,
            new NodeTime(MemoryMarshal.Read<long>(answer[112..]), (int)MemoryMarshal.Read<uint>(answer[120..])),
            MemoryMarshal.Read<ulong>(answer[32..]),
            new DeviceNumber(MemoryMarshal.Read<uint>(answer[136..]), MemoryMarshal.Read<uint>(answer[140..])),
            new DeviceNumber(MemoryMarshal.Read<uint>(answer[128..]), MemoryMarshal.Read<uint>(answer[132..])));
    }
}

/// <summary>A point in time as file systems keep it.</summary>
/// <param name="Seconds">Since 1970; negative before.</param>
/// <param name="Nanoseconds">0 to 999999999, to be added.</param>
public readonly record struct NodeTime(long Seconds, int Nanoseconds);

/// <summary>A device by its numbers.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    internal ulong Encoded =>
        (Minor & 0xFFul) | ((Major & 0xFFFul) << 8) | ((Minor & ~0xFFul) << 12) | ((Major & ~0xFFFul) << 32);

    public override string ToString() => $"{Major}:{Minor}";
}
