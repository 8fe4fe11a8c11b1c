using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>
/// The file calls of Linux that .NET does not offer: what makes names durable, and hints to the page cache.
/// Failures are <see cref="IOException"/>s whose HResult is the error number, as .NET's own are.
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
    private const int OpenReadOnly = 0;
    private const int OpenNewForWriting = 0x1 | 0x40 | 0x80;
    private const int OpenCloseOnExec = 0x80000;
    private const uint SyncFileRangeWrite = 2;

    // These two trade places between x86-64 and the generic numbering that arm64 keeps from 32-bit ARM.
    private static readonly int OpenDirectory = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    private static readonly int OpenDirect = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x10000 : 0x4000;

    /// <summary>Makes a file that only this handle can write to; anybody may read it, as far as the umask allows.</summary>
    public static SafeFileHandle CreateReadOnly(string path)
    {
        const int readable = 0x124;
        SafeFileHandle handle = Open(path, OpenNewForWriting | OpenCloseOnExec, readable);
        Check(handle.IsInvalid ? -1 : 0, "open", path);
        return handle;
    }

    /// <summary>
    /// Opens a file for reads that bypass the page cache, or through the cache where the file system cannot.
    /// Offsets, lengths and buffer addresses must be multiples of 4096.
    /// </summary>
    /// <returns>Null when there is no such file.</returns>
    public static SafeFileHandle? TryOpenUncached(string path)
    {
        SafeFileHandle handle = Open(path, OpenReadOnly | OpenCloseOnExec | OpenDirect);
        if (handle.IsInvalid && Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            handle.Dispose();
            handle = Open(path, OpenReadOnly | OpenCloseOnExec);
        }

        if (!handle.IsInvalid)
        {
            return handle;
        }

        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == NoSuchEntry ? null : throw Failure("open", path, error);
    }

    /// <summary>Makes the file's bytes and length durable.</summary>
    public static void SyncData(SafeFileHandle file, string path) => Check(FDataSync(file), "fdatasync", path);

    /// <summary>Makes the names in a directory durable.</summary>
    public static void SyncDirectory(string path)
    {
        using SafeFileHandle directory = Open(path, OpenReadOnly | OpenDirectory | OpenCloseOnExec);
        Check(directory.IsInvalid ? -1 : 0, "open", path);
        Check(FSync(directory), "fsync", path);
    }

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

    /// <summary>Asks the kernel to begin writing the file's dirty pages; returns without waiting for them.</summary>
    // Only a hint: what matters is the sync that follows, and that one reports errors.
    public static void StartWriteback(SafeFileHandle file) => _ = SyncFileRange(file, 0, 0, SyncFileRangeWrite);

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            throw Failure(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Failure(string call, string path, int error) =>
        new($"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)}.", error);

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, int mode = 0);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport(LibC, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport(LibC, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport(LibC, EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long lengthBytes, uint flags);
}
