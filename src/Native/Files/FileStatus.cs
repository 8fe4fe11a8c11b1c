using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>What a path names, asked for in one call and without following a symbolic link.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits, with set-user-id, set-group-id and sticky.</param>
/// <param name="LinkCount">How many names the file has.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="AllocatedBytes">What it takes on the disk; less than its length where it has holes.</param>
/// <param name="ModifiedAt">When its bytes last changed, cut to 100 ns.</param>
/// <param name="ChangedAt">When anything about it last changed, its number of names included.</param>
public readonly partial record struct FileStatus(
    FileKind Kind,
    int Mode,
    long LinkCount,
    long SizeBytes,
    long AllocatedBytes,
    DateTimeOffset ModifiedAt,
    DateTimeOffset ChangedAt)
{
    private const string LibC = "libc.so.6";
    private const int WorkingDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const ulong MountRoot = 0x2000;
    private const uint BasicFields = 0x7FF;
    private const int BufferBytes = 256;
    private const int NoSuchEntry = 2;
    private const int NotADirectory = 20;
    private const int SectorBytes = 512;
    private const int NanosecondsPerTick = 100;

    /// <summary>Tells the file from all others of its file system, whatever its names are.</summary>
    public ulong Inode { get; private init; }

    /// <summary>Whether it is what a union file system takes for the absence of a file.</summary>
    public bool IsWhiteout { get; private init; }

    /// <summary>Whether a file system is mounted there. Kernels before 5.8 do not tell, and answer no.</summary>
    public bool IsMountRoot { get; private init; }

    /// <summary>Null when there is nothing of that name.</summary>
    /// <exception cref="IOException">HResult is the errno.</exception>
    /// <exception cref="UnauthorizedAccessException">A directory on the way may not be searched.</exception>
    public static FileStatus? Find(string path)
    {
        Span<byte> answer = stackalloc byte[BufferBytes];
        if (StatX(WorkingDirectory, path, DoNotFollow, BasicFields, answer) == 0)
        {
            return Read(answer);
        }

        return Marshal.GetLastPInvokeError() is NoSuchEntry or NotADirectory ? null : throw FileCalls.LastFailure("stat", path);
    }

    /// <summary>Of a name in a directory that is open; null when there is no such name.</summary>
    /// <exception cref="IOException">HResult is the errno.</exception>
    public static FileStatus? FindIn(SafeFileHandle directory, string name)
    {
        Span<byte> answer = stackalloc byte[BufferBytes];
        if (StatX(directory, name, DoNotFollow, BasicFields, answer) == 0)
        {
            return Read(answer);
        }

        return Marshal.GetLastPInvokeError() == NoSuchEntry ? null : throw FileCalls.LastFailure("stat", name);
    }

    /// <summary>Of a file that is open, which may have lost its name.</summary>
    /// <exception cref="IOException">HResult is the errno.</exception>
    public static FileStatus Of(SafeFileHandle file)
    {
        Span<byte> answer = stackalloc byte[BufferBytes];
        return StatX(file, "", EmptyPath, BasicFields, answer) == 0 ? Read(answer) : throw FileCalls.LastFailure("stat", "an open file");
    }

    // The kernel's struct statx, whose layout is the same on all machines.
    private static FileStatus Read(ReadOnlySpan<byte> answer)
    {
        int mode = MemoryMarshal.Read<ushort>(answer[28..]);
        return new FileStatus(
            (mode & 0xF000) switch
            {
                0x8000 => FileKind.File,
                0x4000 => FileKind.Directory,
                0xA000 => FileKind.SymbolicLink,
                _ => FileKind.Special,
            },
            mode & 0xFFF,
            MemoryMarshal.Read<uint>(answer[16..]),
            MemoryMarshal.Read<long>(answer[40..]),
            MemoryMarshal.Read<long>(answer[48..]) * SectorBytes,
            TimeAt(answer[112..]),
            TimeAt(answer[96..]))
        {
            Inode = MemoryMarshal.Read<ulong>(answer[32..]),
            IsMountRoot = (MemoryMarshal.Read<ulong>(answer[8..]) & MountRoot) != 0,
            IsWhiteout = (mode & 0xF000) == 0x2000 && MemoryMarshal.Read<ulong>(answer[128..]) == 0,
        };
    }

    private static DateTimeOffset TimeAt(ReadOnlySpan<byte> stamp)
    {
        long seconds = Math.Clamp(
            MemoryMarshal.Read<long>(stamp), DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(MemoryMarshal.Read<uint>(stamp[8..]) / NanosecondsPerTick);
    }

    [LibraryImport(LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint fields, Span<byte> answer);

    [LibraryImport(LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle file, string path, int flags, uint fields, Span<byte> answer);
}
