using System.Runtime.InteropServices;
using System.Text;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Directories;

/// <summary>
/// Follows paths the way a process does whose root is the directory: absolute links begin there, and '..' ends there.
/// </summary>
public static partial class RootedPath
{
    private const string LibC = "libc.so.6";
    private const long OpenAt2 = 437;
    private const ulong PathOnly = 0x200000;
    private const ulong CloseOnExec = 0x80000;
    private const ulong WithinRoot = 0x10;
    private const ulong NoMagicLinks = 0x02;
    private const int NotADirectory = 20;

    /// <summary>What a path leads to, as a path below the root without links: "/usr/lib". Null when there is nothing.</summary>
    /// <param name="root">The root.</param>
    /// <param name="path">Absolute, or relative to the root.</param>
    /// <exception cref="IOException">HResult is the errno: for example 40, links lead in circles.</exception>
    public static string? TryResolve(string root, string path)
    {
        using DirectoryHandle directory = DirectoryHandle.Open(root);
        using SafeFileHandle? handle = TryOpen(directory, path, PathOnly);
        if (handle is null)
        {
            return null;
        }

        string top = Target(directory.Handle);
        string found = Target(handle);
        return found.Length == top.Length ? "/" : found[top.TrimEnd('/').Length..];
    }

    /// <summary>The directory that a path leads to; null when there is none.</summary>
    /// <param name="root">The root.</param>
    /// <param name="path">Absolute, or relative to the root.</param>
    /// <exception cref="IOException">HResult is the errno: for example 40, links lead in circles.</exception>
    public static DirectoryHandle? TryOpen(string root, string path)
    {
        using DirectoryHandle directory = DirectoryHandle.Open(root);
        return TryOpen(directory, path, (ulong)DirectoryCalls.Directory) is { } found ? DirectoryHandle.Of(found) : null;
    }

    /// <summary>Where a directory is, without links; for one of another mount namespace, as it is seen there.</summary>
    public static string PathOf(DirectoryHandle directory) => Target(directory.Handle);

    private static SafeFileHandle? TryOpen(DirectoryHandle root, string path, ulong flags)
    {
        var how = new OpenHow { Flags = flags | CloseOnExec, Resolve = WithinRoot | NoMagicLinks };
        long descriptor = Call(OpenAt2, root.Handle, [.. Encoding.UTF8.GetBytes(path), 0], ref how, (nuint)Marshal.SizeOf<OpenHow>());
        if (descriptor >= 0)
        {
            return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        }

        return Marshal.GetLastPInvokeError() is DirectoryCalls.NoSuchEntry or NotADirectory ? null : throw FileCalls.LastFailure("resolve", path);
    }

    private static string Target(SafeFileHandle handle) => new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget!;

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    private static partial long Call(long number, SafeFileHandle directory, ReadOnlySpan<byte> path, ref OpenHow how, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
