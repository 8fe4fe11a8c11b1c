using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>One header block, as it stands there.</summary>
/// <param name="Type">The letter that says what follows.</param>
/// <param name="Name">The path, prefix included.</param>
/// <param name="LinkName">Where a link leads.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="User">The owner's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="SizeBytes">How many bytes follow.</param>
/// <param name="ModifiedAt">Seconds since 1970.</param>
/// <param name="Device">For devices.</param>
internal sealed record TarHeader(
    byte Type, byte[] Name, byte[] LinkName, int Mode, long User, long Group, long SizeBytes, long ModifiedAt, DeviceNumber Device)
{
    private const int ChecksumOffset = 148;
    private const int ChecksumLength = 8;

    /// <summary>Reads a block that is not all zeros.</summary>
    /// <param name="block">512 bytes.</param>
    /// <param name="position">Where it stands, for messages.</param>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: it is damaged, or no header.</exception>
    public static TarHeader Read(ReadOnlySpan<byte> block, long position)
    {
        CheckSum(block, position);
        bool isUstar = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        byte[] name = Text(block[..100]);
        byte[] prefix = isUstar ? Text(block.Slice(345, 155)) : [];
        return new TarHeader(
            block[156],
            prefix.Length == 0 ? name : [.. prefix, (byte)'/', .. name],
            Text(block.Slice(157, 100)),
            (int)(Number(block.Slice(100, 8), "mode", position) & 0xFFF),
            Number(block.Slice(108, 8), "owner", position),
            Number(block.Slice(116, 8), "group", position),
            Number(block.Slice(124, 12), "length", position),
            Number(block.Slice(136, 12), "time", position),
            ReadDevice(block, position));
    }

    private static DeviceNumber ReadDevice(ReadOnlySpan<byte> block, long position) => block[156] is (byte)'3' or (byte)'4'
        ? new DeviceNumber((uint)Number(block.Slice(329, 8), "device", position), (uint)Number(block.Slice(337, 8), "device", position))
        : default;

    // Some old programs summed signed bytes.
    private static void CheckSum(ReadOnlySpan<byte> block, long position)
    {
        long unsigned = 0;
        long signed = 0;
        for (int index = 0; index < block.Length; index++)
        {
            byte value = index is >= ChecksumOffset and < ChecksumOffset + ChecksumLength ? (byte)' ' : block[index];
            unsigned += value;
            signed += (sbyte)value;
        }

        long stated = Number(block.Slice(ChecksumOffset, ChecksumLength), "checksum", position);
        if (stated != unsigned && stated != signed)
        {
            throw ArchiveFault.At(position, "the checksum of a header is wrong");
        }
    }

    private static byte[] Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return (end < 0 ? field : field[..end]).ToArray();
    }

    private static long Number(ReadOnlySpan<byte> field, string what, long position) => TarNumbers.TryRead(field, out long value)
        ? value
        : throw ArchiveFault.At(position, $"the {what} in a header is no number");
}
