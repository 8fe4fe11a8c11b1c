using System.Runtime.InteropServices;

namespace Appliance.Native.Mounts;

/// <summary>A mounted file system, unmounted on disposal; whoever still has a file open there keeps it until closing.</summary>
public sealed partial class FileSystemMount : IDisposable
{
    private const string LibC = "libc.so.6";
    private const int Detach = 2;

    private readonly string target;

    private FileSystemMount(string target) => this.target = target;

    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount Mount(string source, string target, string type, string options)
    {
        if (Mount(source, target, type, 0, options) == 0)
        {
            return new FileSystemMount(target);
        }

        int error = Marshal.GetLastPInvokeError();
        throw new IOException($"mount {type} at '{target}': {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>A failure is left to the kernel: it unmounts with the end of the mount namespace.</summary>
    public void Dispose() => _ = Unmount(target, Detach);

    [LibraryImport(LibC, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport(LibC, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
