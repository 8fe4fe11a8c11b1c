using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>Notes that a file system keeps with a file, by name.</summary>
public static partial class ExtendedAttribute
{
    private const string LibC = "libc.so.6";
    private const int TooLong = 34;
    private const int NoData = 61;
    private const int NotSupported = 95;

    /// <summary>Whether an open file or directory has the attribute with exactly this value.</summary>
    /// <exception cref="IOException">HResult is the errno.</exception>
    public static bool Is(SafeFileHandle file, string name, ReadOnlySpan<byte> value)
    {
        Span<byte> found = stackalloc byte[value.Length + 1];
        nint length = Get(file, name, found, (nuint)found.Length);
        if (length >= 0)
        {
            return found[..(int)length].SequenceEqual(value);
        }

        if (Marshal.GetLastPInvokeError() is NoData or NotSupported or TooLong)
        {
            return false;
        }

        throw FileCalls.LastFailure("getxattr", name);
    }

    [LibraryImport(LibC, EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Get(SafeFileHandle file, string name, Span<byte> value, nuint lengthBytes);
}
