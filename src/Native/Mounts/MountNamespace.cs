using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Mounts;

/// <summary>What a process has mounted. Work in there is done by a thread of its own, which ends with it.</summary>
public static partial class MountNamespace
{
    private const string LibC = "libc.so.6";
    private const int NewMounts = 0x20000;

    // Root and working directory: a thread that shares them may not change its namespace.
    private const int FileSystem = 0x200;

    /// <summary>Does something where paths mean what they mean to a process.</summary>
    /// <param name="processId">The process; it runs until this answers.</param>
    /// <param name="work">Paths of this process do not work there, open handles do.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static T Run<T>(int processId, Func<T> work)
    {
        using SafeFileHandle space = File.OpenHandle($"/proc/{processId}/ns/mnt", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Check(Unshare(FileSystem));
                Check(SetNamespace(space, NewMounts));
                result = work();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Check(int outcome)
    {
        if (outcome != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"enter the mounts of a container: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport(LibC, EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);

    [LibraryImport(LibC, EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle space, int kind);
}
