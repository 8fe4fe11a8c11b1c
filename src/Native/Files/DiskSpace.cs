using System.Runtime.InteropServices;

namespace Appliance.Native.Files;

/// <summary>
/// The room on the disk that holds a path. The kernel is asked by the path alone: in a change-root environment the list
/// of mounts, which .NET's DriveInfo consults, may not name the disk.
/// </summary>
/// <param name="TotalBytes">How much it holds.</param>
/// <param name="FreeBytes">What this user may still write.</param>
/// <param name="Format">Its file system's usual name, such as <c>ext4</c>; null for a rare one.</param>
public readonly partial record struct DiskSpace(long TotalBytes, long FreeBytes, string? Format)
{
    private const string LibC = "libc.so.6";
    private const int BufferBytes = 256;
    private const int Interrupted = 4;

    /// <param name="path">A file or directory that exists.</param>
    /// <exception cref="IOException">HResult is the errno.</exception>
    /// <exception cref="UnauthorizedAccessException">A directory on the way may not be searched.</exception>
    public static DiskSpace Of(string path)
    {
        Span<byte> answer = stackalloc byte[BufferBytes];
        while (StatFs(path, answer) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw FileCalls.LastFailure("statfs", path);
            }
        }

        return Read(answer);
    }

    // The kernel's struct statfs, whose layout is the same on all 64-bit machines.
    private static DiskSpace Read(ReadOnlySpan<byte> answer)
    {
        ulong preferredBytes = MemoryMarshal.Read<ulong>(answer[8..]);
        ulong fragmentBytes = MemoryMarshal.Read<ulong>(answer[72..]);
        UInt128 unit = fragmentBytes == 0 ? preferredBytes : fragmentBytes;
        return new DiskSpace(
            long.CreateSaturating(unit * MemoryMarshal.Read<ulong>(answer[16..])),
            long.CreateSaturating(unit * MemoryMarshal.Read<ulong>(answer[32..])),
            NameOf(MemoryMarshal.Read<uint>(answer)));
    }

    private static string? NameOf(uint magic) => magic switch
    {
        0xEF53 => "ext4",
        0x58465342 => "xfs",
        0x9123683E => "btrfs",
        0x2FC12FC1 => "zfs",
        0xF2F52010 => "f2fs",
        0xCA451A4E => "bcachefs",
        0x794C7630 => "overlay",
        0x01021994 => "tmpfs",
        0x858458F6 => "ramfs",
        0x6969 => "nfs",
        0xFF534D42 or 0xFE534D42 => "cifs",
        0x00C36400 => "ceph",
        0x01021997 => "9p",
        0x65735546 => "fuse",
        _ => null,
    };

    [LibraryImport(LibC, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatFs(string path, Span<byte> answer);
}
