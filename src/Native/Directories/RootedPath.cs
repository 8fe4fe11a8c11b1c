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
        var how = new OpenHow { Flags = PathOnly | CloseOnExec, Resolve = WithinRoot | NoMagicLinks };
        long descriptor = Call(OpenAt2, directory.Handle, [.. Encoding.UTF8.GetBytes(path), 0], ref how, (nuint)Marshal.SizeOf<OpenHow>());
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() is DirectoryCalls.NoSuchEntry or NotADirectory ? null : throw FileCalls.LastFailure("resolve", path);
        }

        using var handle = new SafeFileHandle((nint)descriptor, ownsHandle: true);
        string top = Target((long)directory.Handle.DangerousGetHandle());
        string found = Target(descriptor);
        return found.Length == top.Length ? "/" : found[top.TrimEnd('/').Length..];
    }

    private static string Target(long descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget!;

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
