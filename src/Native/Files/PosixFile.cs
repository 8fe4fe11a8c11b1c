using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>
/// Steps on files that .NET does not offer, or not with a promise of what reaches the disk. Failures are of the
/// exception types and with the HResult (the error number) that .NET's own have.
/// </summary>
public static partial class PosixFile
{
    /// <summary>HResult of an <see cref="IOException"/> when the file system has no space left.</summary>
    public const int NoSpaceLeft = 28;

    /// <summary>HResult of an <see cref="IOException"/> when the user's disk quota is used up.</summary>
    public const int QuotaExceeded = 122;

    private const string LibC = "libc.so.6";
    private const int NoSuchEntry = 2;
    private const int InvalidArgument = 22;
    private const int OpenNewForWriting = 0x1 | FileCalls.OpenCreate | 0x80 | FileCalls.OpenCloseOnExec;
    private const int OpenForReading = FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec;
    private const int TooManyLinks = 31;
    private const uint CharacterDevice = 0x2000;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const uint SyncFileRangeWrite = 2;
    private const uint SyncFileRangeWait = 7;
    private const int SeekData = 3;

    private const int OpenNonBlocking = 0x800;

    // arm64 keeps the numbers that they had on 32-bit ARM.
    private static readonly int OpenNoFollow = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;
    private static readonly int OpenDirect = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Makes a new file. This handle can write to it whatever the mode, of which the umask may take something.</summary>
    public static SafeFileHandle CreateNew(string path, UnixFileMode mode)
    {
        SafeFileHandle handle = FileCalls.Open(path, OpenNewForWriting, (uint)mode);
        return handle.IsInvalid ? throw FileCalls.LastFailure("open", path) : handle;
    }

    /// <summary>
    /// Opens a file for reads that bypass the page cache, or through the cache where the file system cannot.
    /// Offsets, lengths and buffer addresses must be multiples of 4096.
    /// </summary>
    /// <returns>Null when there is no such file.</returns>
    public static SafeFileHandle? TryOpenUncached(string path)
    {
        SafeFileHandle handle = FileCalls.Open(path, OpenForReading | OpenDirect, mode: 0);
        if (handle.IsInvalid && Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            handle = FileCalls.Open(path, OpenForReading, mode: 0);
        }

        if (!handle.IsInvalid)
        {
            return handle;
        }

        return Marshal.GetLastPInvokeError() == NoSuchEntry ? null : throw FileCalls.LastFailure("open", path);
    }

    /// <summary>
    /// Opens a file for reading, but nothing that a link leads to; a pipe put in its place would not make it wait.
    /// </summary>
    /// <returns>Null when there is no such file.</returns>
    public static SafeFileHandle? TryOpenUnfollowed(string path)
    {
        SafeFileHandle handle = FileCalls.Open(path, OpenForReading | OpenNoFollow | OpenNonBlocking, mode: 0);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        return Marshal.GetLastPInvokeError() == NoSuchEntry ? null : throw FileCalls.LastFailure("open", path);
    }

    /// <summary>Makes the file's bytes and length durable.</summary>
    public static void SyncData(SafeFileHandle file, string path) => Check(FDataSync(file), "fdatasync", path);

    /// <summary>Atomically gives a file a new name, in place of whatever had it.</summary>
    public static void Rename(string from, string to) => Check(RenamePath(from, to), "rename", from);

    /// <summary>As <see cref="Rename"/>, but returns false when there is no file to rename.</summary>
    public static bool TryRename(string from, string to)
    {
        int result = RenamePath(from, to);
        bool isMissing = result < 0 && Marshal.GetLastPInvokeError() == NoSuchEntry;
        Check(isMissing ? 0 : result, "rename", from);
        return !isMissing;
    }

    /// <summary>Gives a file a further name on the same file system. Both names are the file; neither is the first.</summary>
    /// <exception cref="IOException">HResult is the errno: for example 17, the name is taken.</exception>
    public static void Link(string from, string to) => Check(LinkPath(from, to), "link", to);

    /// <summary>Asks the kernel to begin writing the file's dirty pages; returns without waiting for them.</summary>
    // Only a hint: what matters is the sync that follows, and that one reports errors.
    public static void StartWriteback(SafeFileHandle file) => StartWriteback(file, 0, 0);

    /// <summary>As <see cref="StartWriteback(SafeFileHandle)"/>, for a part of the file; length 0 means to its end.</summary>
    public static void StartWriteback(SafeFileHandle file, long offset, long lengthBytes) =>
        _ = SyncFileRange(file, offset, lengthBytes, SyncFileRangeWrite);

    /// <summary>
    /// Writes the file's dirty pages and waits for it. From then on, a store to a page that a process has mapped changes
    /// the file's times again; without this, only the first of many does.
    /// </summary>
    public static void WriteBack(SafeFileHandle file, string path) => Check(SyncFileRange(file, 0, 0, SyncFileRangeWait), "sync_file_range", path);

    /// <summary>
    /// Waits for writes that have begun. They set the file's times at their beginning only, so that a file at rest cannot be
    /// told by those alone.
    /// </summary>
    // To look for data takes the lock that a write holds, on file systems that do not hold it against reads already.
    public static void AwaitWrites(SafeFileHandle file) => _ = Seek(file, 0, SeekData);

    /// <summary>Gives a part of the file back to the disk; it reads as zeros from then on. The length stays.</summary>
    public static void Zero(SafeFileHandle file, string path, long offset, long lengthBytes) =>
        Check(Allocate(file, PunchHole | KeepSize, offset, lengthBytes), "fallocate", path);

    /// <summary>Gives a file a second name. False when it has as many as the file system allows.</summary>
    /// <exception cref="IOException">Also when the new name is taken.</exception>
    public static bool TryLink(string existing, string added)
    {
        int result = LinkPath(existing, added);
        bool hasTooMany = result < 0 && Marshal.GetLastPInvokeError() == TooManyLinks;
        Check(hasTooMany ? 0 : result, "link", added);
        return !hasTooMany;
    }

    /// <summary>Makes what a union file system takes for the absence of a file: a character device of number 0.</summary>
    /// <exception cref="UnauthorizedAccessException">It takes root.</exception>
    public static void CreateWhiteout(string path) => Check(MakeNode(path, CharacterDevice, 0), "mknod", path);

    /// <summary>Makes all that was written to the file system of this directory durable. May take seconds.</summary>
    public static void SyncFileSystem(string directory)
    {
        using SafeFileHandle handle = FileCalls.Open(directory, FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec, mode: 0);
        Check(handle.IsInvalid ? -1 : SyncAll(handle), "syncfs", directory);
    }

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            throw FileCalls.LastFailure(call, path);
        }
    }

    [LibraryImport(LibC, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport(LibC, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport(LibC, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LinkPath(string from, string to);

    [LibraryImport(LibC, EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long lengthBytes, uint flags);

    [LibraryImport(LibC, EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);

    [LibraryImport(LibC, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long lengthBytes);

    [LibraryImport(LibC, EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeNode(string path, uint mode, ulong device);

    [LibraryImport(LibC, EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncAll(SafeFileHandle file);
}
