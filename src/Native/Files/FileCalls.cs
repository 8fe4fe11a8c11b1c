using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>The C library's file calls that .NET does not offer.</summary>
internal static partial class FileCalls
{
    private const string LibC = "libc.so.6";

    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenCloseOnExec = 0x80000;

    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int Unlock = 8;

    public const int WouldBlock = 11;
    public const int NoAccess = 13;
    public const int NotPermitted = 1;

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport(LibC, EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(SafeFileHandle file);

    /// <summary>The last call's failure, in the exception types and with the HResult (errno) that System.IO uses.</summary>
    public static Exception LastFailure(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        string message = $"{what} '{path}': {Marshal.GetPInvokeErrorMessage(error)}";
        return error is NoAccess or NotPermitted
            ? new UnauthorizedAccessException(message)
            : new IOException(message, error);
    }
}
