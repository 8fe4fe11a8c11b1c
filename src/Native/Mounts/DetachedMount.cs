using System.Runtime.InteropServices;
using Appliance.Native.Directories;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Mounts;

/// <summary>A mount that shows nowhere, until it is attached: also in another namespace than that in which it was made.</summary>
public sealed partial class DetachedMount : IDisposable
{
    private const string LibC = "libc.so.6";
    private const long OpenTree = 428;
    private const long MoveMount = 429;
    private const uint Clone = 1;
    private const uint CloseOnExec = 0x80000;
    private const uint EmptyPath = 0x1000;
    private const uint BothByHandle = 0x4 | 0x40;
    private const int Detach = 2;

    private readonly SafeFileHandle tree;

    private DetachedMount(SafeFileHandle tree) => this.tree = tree;

    /// <summary>Shows a directory a second time, without what is mounted below it.</summary>
    /// <param name="directory">Of a mount in the thread's own namespace.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static DetachedMount Of(DirectoryHandle directory)
    {
        long descriptor = Call(OpenTree, directory.Handle, [0], Clone | CloseOnExec | EmptyPath);
        return descriptor < 0 ? throw LastFailure("open a mount") : new DetachedMount(new SafeFileHandle((nint)descriptor, ownsHandle: true));
    }

    /// <summary>Its top directory, also while it is attached nowhere.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public DirectoryHandle Open()
    {
        SafeFileHandle top = DirectoryCalls.OpenAt(tree, ".\0"u8, DirectoryCalls.CloseOnExec | DirectoryCalls.Directory, 0);
        return top.IsInvalid ? throw LastFailure("open a mount's top") : DirectoryHandle.Of(top);
    }

    /// <summary>Lets it show in the place of a directory of the thread's namespace.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public void Attach(DirectoryHandle place)
    {
        if (Call(MoveMount, tree, [0], place.Handle, [0], BothByHandle) < 0)
        {
            throw LastFailure("attach a mount");
        }
    }

    /// <summary>Takes away the mount whose top directory is the handle's; the thread must have a working directory of its own.</summary>
    /// <exception cref="IOException">It is no mount's, or not one of the thread's namespace; HResult is the errno.</exception>
    public static void Remove(DirectoryHandle top)
    {
        // By handle, so that no link that is put in the way leads elsewhere.
        if (ChangeDirectory(top.Handle) != 0 || Unmount(".", Detach) != 0)
        {
            throw LastFailure("unmount");
        }
    }

    public void Dispose() => tree.Dispose();

    private static IOException LastFailure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(long number, SafeFileHandle directory, ReadOnlySpan<byte> path, uint flags);

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(
        long number, SafeFileHandle from, ReadOnlySpan<byte> fromPath, SafeFileHandle to, ReadOnlySpan<byte> toPath, uint flags);

    [LibraryImport(LibC, EntryPoint = "fchdir", SetLastError = true)]
    private static partial int ChangeDirectory(SafeFileHandle directory);

    [LibraryImport(LibC, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
