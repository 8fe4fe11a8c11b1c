using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Networks;

/// <summary>
/// Moves the calling thread between network namespaces. Only a thread that ends soon or serves nothing else may do
/// that: whatever runs on it opens its sockets in the namespace it is in.
/// </summary>
public static class ThreadNamespace
{
    private const string OfThread = "/proc/thread-self/ns/net";

    /// <summary>Puts the thread into a new, empty network namespace.</summary>
    /// <exception cref="IOException">EPERM without CAP_SYS_ADMIN, ENOSPC at the limit of namespaces; HResult is the errno.</exception>
    public static void EnterNew()
    {
        if (NetworkCalls.Unshare(NetworkCalls.NewNetwork) != 0)
        {
            throw NetworkCalls.LastFailure("make a network namespace");
        }
    }

    /// <summary>Puts the thread into the namespace that is pinned at a path.</summary>
    /// <exception cref="IOException">It is no network namespace, or may not be entered; HResult is the errno.</exception>
    public static void Enter(string path)
    {
        using SafeFileHandle space = Open(path);
        if (NetworkCalls.SetNamespace(space, NetworkCalls.NewNetwork) != 0)
        {
            throw NetworkCalls.LastFailure($"enter network namespace '{path}'");
        }
    }

    /// <summary>A handle on the namespace at a path, or on the thread's own.</summary>
    public static SafeFileHandle Open(string path = OfThread) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    /// <summary>Keeps the thread's namespace alive under a name, beyond the end of the thread and of the process.</summary>
    /// <param name="path">An existing, empty file.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static void Pin(string path)
    {
        if (NetworkCalls.Mount(OfThread, path, null, NetworkCalls.BindMount, null) != 0)
        {
            throw NetworkCalls.LastFailure($"pin a network namespace at '{path}'");
        }
    }

    /// <summary>Undoes <see cref="Pin"/>; false when nothing was pinned there.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static bool Unpin(string path)
    {
        if (NetworkCalls.Unmount(path, NetworkCalls.DetachMount | NetworkCalls.DoNotFollow) == 0)
        {
            return true;
        }

        IOException failure = NetworkCalls.LastFailure($"unpin the network namespace at '{path}'");
        return failure.HResult is NetworkCalls.NotFound or NetworkCalls.InvalidArgument ? false : throw failure;
    }

    /// <summary>
    /// Makes a directory a mount of its own that shares nothing: pins in it then stay out of the mount tables that
    /// services with private directories get copies of, and with it goes everything that was pinned.
    /// </summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static void IsolateDirectory(string directory)
    {
        if (NetworkCalls.Mount("", directory, null, NetworkCalls.PrivateMount | NetworkCalls.RecursiveMount, null) == 0)
        {
            return;
        }

        // Not a mount yet.
        if (NetworkCalls.Mount(directory, directory, null, NetworkCalls.BindMount, null) != 0
            || NetworkCalls.Mount("", directory, null, NetworkCalls.PrivateMount, null) != 0)
        {
            throw NetworkCalls.LastFailure($"mount '{directory}' on itself");
        }
    }
}
