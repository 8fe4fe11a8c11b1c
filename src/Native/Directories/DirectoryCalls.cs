using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Directories;

/// <summary>The C library's calls on names within an open directory. Names end in a zero byte.</summary>
internal static partial class DirectoryCalls
{
    public const int DoNotFollow = 0x100;
    public const int RemoveDirectory = 0x200;
    public const int EmptyPath = 0x1000;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const uint BasicFields = 0x7FF;

    public const int NoSuchEntry = 2;
    public const int NoData = 61;

    private const string LibC = "libc.so.6";

    // arm64 keeps the numbers that they had on 32-bit ARM.
    private static readonly bool IsArm = RuntimeInformation.OSArchitecture == Architecture.Arm64;

    public static readonly int Directory = IsArm ? 0x4000 : 0x10000;
    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    [LibraryImport(LibC, EntryPoint = "openat", SetLastError = true)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "mkdirat", SetLastError = true)]
    public static partial int MakeDirectoryAt(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode);

    [LibraryImport(LibC, EntryPoint = "mknodat", SetLastError = true)]
    public static partial int MakeNodeAt(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode, ulong device);

    [LibraryImport(LibC, EntryPoint = "symlinkat", SetLastError = true)]
    public static partial int MakeSymbolicLinkAt(ReadOnlySpan<byte> target, SafeFileHandle directory, ReadOnlySpan<byte> name);

    [LibraryImport(LibC, EntryPoint = "linkat", SetLastError = true)]
    public static partial int LinkAt(
        SafeFileHandle fromDirectory, ReadOnlySpan<byte> from, SafeFileHandle toDirectory, ReadOnlySpan<byte> to, int flags);

    [LibraryImport(LibC, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int UnlinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags);

    [LibraryImport(LibC, EntryPoint = "fchownat", SetLastError = true)]
    public static partial int ChangeOwnerAt(SafeFileHandle directory, ReadOnlySpan<byte> name, uint user, uint group, int flags);

    [LibraryImport(LibC, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChangeModeAt(SafeFileHandle directory, ReadOnlySpan<byte> name, uint mode, int flags);

    [LibraryImport(LibC, EntryPoint = "utimensat", SetLastError = true)]
    public static partial int SetTimesAt(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<long> times, int flags);

    [LibraryImport(LibC, EntryPoint = "statx", SetLastError = true)]
    public static partial int StatAt(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, uint fields, Span<byte> answer);

    [LibraryImport(LibC, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(SafeFileHandle directory, ReadOnlySpan<byte> name, Span<byte> answer, nuint length);

    [LibraryImport(LibC, EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint ListEntries(SafeFileHandle directory, Span<byte> answer, nuint length);

    [LibraryImport(LibC, EntryPoint = "lsetxattr", SetLastError = true)]
    public static partial int SetAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, nuint length, int flags);

    [LibraryImport(LibC, EntryPoint = "lgetxattr", SetLastError = true)]
    public static partial nint GetAttribute(ReadOnlySpan<byte> path, ReadOnlySpan<byte> key, Span<byte> value, nuint length);

    [LibraryImport(LibC, EntryPoint = "llistxattr", SetLastError = true)]
    public static partial nint ListAttributes(ReadOnlySpan<byte> path, Span<byte> answer, nuint length);

    [LibraryImport(LibC, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();
}
