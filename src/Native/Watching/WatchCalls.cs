using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Watching;

/// <summary>inotify.</summary>
internal static partial class WatchCalls
{
    private const string LibC = "libc.so.6";

    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const uint Modified = 0x2;
    public const uint Ignored = 0x8000;
    public const uint QueueOverflow = 0x4000;

    [LibraryImport(LibC, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial SafeFileHandle Create(int flags);

    [LibraryImport(LibC, EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Add(SafeFileHandle watcher, string path, uint mask);

    [LibraryImport(LibC, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int Remove(SafeFileHandle watcher, int watch);

    [LibraryImport(LibC, EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(SafeFileHandle watcher, byte* buffer, nuint count);
}
