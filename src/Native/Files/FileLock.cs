using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>
/// An exclusive lock between processes, held until disposal or the end of the process, and a line of text kept in
/// the locked file. .NET's own FileShare locks are no substitute: an environment variable turns them off, and a file
/// locked that way cannot be opened to see who holds it.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int TextBytesMax = 256;

    private readonly SafeFileHandle handle;
    private readonly string path;

    private FileLock(SafeFileHandle handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    /// <summary>Takes the lock, creating the file (mode 0600) if need be; null when another holder has it.</summary>
    /// <exception cref="IOException">The file cannot be created or locked; HResult is the errno.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be opened.</exception>
    public static FileLock? TryTake(string path)
    {
        // Close-on-exec matters: a container shim that inherited the descriptor would hold the lock after our death.
        SafeFileHandle handle = FileCalls.Open(
            path, FileCalls.OpenReadWrite | FileCalls.OpenCreate | FileCalls.OpenCloseOnExec, mode: 0x180);
        if (handle.IsInvalid)
        {
            throw FileCalls.LastFailure("open", path);
        }

        if (FileCalls.Lock(handle, FileCalls.LockExclusive | FileCalls.LockNonBlocking) == 0)
        {
            return new FileLock(handle, path);
        }

        bool isHeldElsewhere = Marshal.GetLastPInvokeError() == FileCalls.WouldBlock;
        Exception failure = FileCalls.LastFailure("lock", path);
        handle.Dispose();
        return isHeldElsewhere ? null : throw failure;
    }

    /// <summary>The text in a lock file that someone else may hold.</summary>
    public static string ReadText(string path)
    {
        using SafeFileHandle handle = FileCalls.Open(path, FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec, mode: 0);
        return handle.IsInvalid ? throw FileCalls.LastFailure("open", path) : ReadText(handle);
    }

    public string ReadText() => ReadText(handle);

    /// <summary>Replaces the text; it is on disk when this returns.</summary>
    public void WriteText(string text)
    {
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, Encoding.UTF8.GetBytes(text), fileOffset: 0);
        if (FileCalls.Flush(handle) != 0)
        {
            throw FileCalls.LastFailure("fsync", path);
        }
    }

    /// <summary>
    /// Gives the lock back. Closing alone would not, while a program that is just being started still shares the
    /// descriptor: it does from its fork until its exec.
    /// </summary>
    public void Dispose()
    {
        if (!handle.IsClosed)
        {
            _ = FileCalls.Lock(handle, FileCalls.Unlock);
            handle.Dispose();
        }
    }

    private static string ReadText(SafeFileHandle handle)
    {
        Span<byte> text = stackalloc byte[TextBytesMax];
        return Encoding.UTF8.GetString(text[..RandomAccess.Read(handle, text, fileOffset: 0)]);
    }
}
