using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Pipes;

/// <summary>Named pipes and epoll.</summary>
internal static partial class PipeCalls
{
    private const string LibC = "libc.so.6";

    public const int OpenReadOnly = 0;
    public const int OpenWriteOnly = 1;
    public const int OpenReadWrite = 2;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int Exists = 17;
    public const int BrokenPipe = 32;

    public const uint Readable = 0x001;
    public const uint Writable = 0x004;
    public const uint OneShot = 1u << 30;

    public const int ControlAdd = 1;
    public const int ControlRemove = 2;
    public const int ControlModify = 3;

    public const int EpollCloseOnExec = 0x80000;

    [LibraryImport(LibC, EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, uint mode);

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport(LibC, EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport(LibC, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial SafeFileHandle CreateEpoll(int flags);

    [LibraryImport(LibC, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static unsafe partial int ControlEpoll(SafeFileHandle epoll, int operation, SafeFileHandle file, void* interest);

    [LibraryImport(LibC, EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int WaitEpoll(SafeFileHandle epoll, void* events, int countMax, int timeoutMs);
}
