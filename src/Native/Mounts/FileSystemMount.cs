using System.Runtime.InteropServices;

namespace Appliance.Native.Mounts;

/// <summary>A mounted file system, unmounted on disposal; whoever still has a file open there keeps it until closing.</summary>
public sealed partial class FileSystemMount : IDisposable
{
    private const string LibC = "libc.so.6";
    private const int Detach = 2;
    private const int Busy = 16;
    private const int NotMounted = 22;

    private readonly string target;

    private FileSystemMount(string target) => this.target = target;

    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount Mount(
        string source, string target, string type, string options, MountFlags flags = MountFlags.None)
    {
        Attach(source, target, type, flags, options);
        return new FileSystemMount(target);
    }

    /// <summary>Shows a directory at a second place.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount Bind(string source, string target, MountFlags flags)
    {
        Attach(source, target, "none", MountFlags.Bind, "");
        var mount = new FileSystemMount(target);
        try
        {
            // A bind mount takes its flags only from a second call.
            Attach(source, target, "none", MountFlags.Bind | MountFlags.Remount | flags, "");
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Unmounts what an earlier process mounted, all that lies on top of each other there.</summary>
    public static void DetachAll(string target)
    {
        while (Unmount(target, Detach) == 0)
        {
            // Whatever was below shows now.
        }
    }

    /// <summary>Changes what may be done through a bind mount. Copies of it in other namespaces keep what they have.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static void ChangeBind(string target, MountFlags flags) =>
        Attach(target, target, "none", MountFlags.Bind | MountFlags.Remount | flags, "");

    /// <summary>Lets namespaces that take copies of this mount see what is mounted below it later; those of before do not.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static void ShareAnew(string target)
    {
        Attach("none", target, "none", MountFlags.Private, "");
        Attach("none", target, "none", MountFlags.Shared, "");
    }

    /// <summary>
    /// Unmounts, here and in all namespaces that have it from here, unless some process has a file or its working
    /// directory there.
    /// </summary>
    /// <returns>False when one has. True, too, when nothing is mounted.</returns>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static bool TryUnmount(string target)
    {
        if (Unmount(target, 0) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error switch
        {
            Busy => false,
            NotMounted => true,
            _ => throw new IOException($"unmount '{target}': {Marshal.GetPInvokeErrorMessage(error)}", error),
        };
    }

    /// <summary>A failure is left to the kernel: it unmounts with the end of the mount namespace.</summary>
    public void Dispose() => _ = Unmount(target, Detach);

    private static void Attach(string source, string target, string type, MountFlags flags, string options)
    {
        if (Mount(source, target, type, (nuint)flags, options) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"mount {type} at '{target}': {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport(LibC, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport(LibC, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
