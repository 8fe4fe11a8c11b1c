using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Networks;

/// <summary>The C library's calls for netlink sockets and network namespaces.</summary>
internal static partial class NetworkCalls
{
    public const int NetlinkFamily = 16;
    public const int RawSocketCloseOnExec = 3 | 0x80000;
    public const int SocketLevel = 1;
    public const int NetlinkLevel = 270;
    public const int NewNetwork = 0x40000000;
    public const int BindMount = 0x1000;
    public const int RecursiveMount = 0x4000;
    public const int PrivateMount = 0x40000;
    public const int DetachMount = 2;
    public const int DoNotFollow = 8;

    public const int NotFound = 2;
    public const int Interrupted = 4;
    public const int InvalidArgument = 22;

    private const string LibC = "libc.so.6";

    /// <summary>The last call's failure; HResult is the errno.</summary>
    public static IOException LastFailure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport(LibC, EntryPoint = "socket", SetLastError = true)]
    public static partial NetlinkHandle Socket(int family, int type, int protocol);

    [LibraryImport(LibC, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(nint descriptor);

    [LibraryImport(LibC, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(NetlinkHandle socket, int level, int option, ReadOnlySpan<byte> value, int length);

    [LibraryImport(LibC, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(NetlinkHandle socket, ReadOnlySpan<byte> bytes, nint length, int flags);

    [LibraryImport(LibC, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(NetlinkHandle socket, Span<byte> bytes, nint length, int flags);

    [LibraryImport(LibC, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport(LibC, EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(SafeFileHandle space, int kind);

    [LibraryImport(LibC, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, string? options);

    [LibraryImport(LibC, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);
}
