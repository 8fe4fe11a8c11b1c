using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Pipes;

/// <summary>One end of a named pipe. Waiting costs no thread.</summary>
public sealed class NamedPipe : IDisposable
{
    private readonly SafeFileHandle file;

    private NamedPipe(SafeFileHandle file) => this.file = file;

    /// <summary>Makes the pipe; one that is there already is kept.</summary>
    /// <exception cref="IOException">HResult is the errno.</exception>
    public static void Create(string path)
    {
        if (PipeCalls.MakeFifo(path, 0x180) != 0 && Marshal.GetLastPInvokeError() != PipeCalls.Exists)
        {
            throw Failure("mkfifo", path);
        }
    }

    /// <summary>Opens the reading end at once, whether or not there is a writer.</summary>
    public static NamedPipe OpenForReading(string path) => Open(path, PipeCalls.OpenReadOnly);

    /// <summary>
    /// Opens the writing end at once, also before there is a reader. This end then counts as a reader, too, so that
    /// writing never fails; whoever writes has to know by other means that the reader is gone.
    /// </summary>
    public static NamedPipe OpenForWriting(string path) => Open(path, PipeCalls.OpenReadWrite);

    /// <returns>How many bytes were read; 0 when every writer has closed.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            nint count = TryRead(buffer);
            if (count >= 0)
            {
                return (int)count;
            }

            Check("read");
            await Readiness.Shared.UntilReadableAsync(file, cancellation);
        }
    }

    /// <summary>Writes all of it, as fast as the reader takes it.</summary>
    /// <param name="bytes">What to write.</param>
    /// <param name="onProgress">Told after each part how many bytes went.</param>
    /// <param name="cancellation">Gives up; what went has gone.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, Action<int> onProgress, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            nint count = TryWrite(bytes);
            if (count > 0)
            {
                bytes = bytes[(int)count..];
                onProgress((int)count);
                continue;
            }

            Check("write");
            await Readiness.Shared.UntilWritableAsync(file, cancellation);
        }
    }

    public void Dispose() => file.Dispose();

    private static NamedPipe Open(string path, int mode)
    {
        SafeFileHandle file = PipeCalls.Open(path, mode | PipeCalls.OpenNonBlocking | PipeCalls.OpenCloseOnExec);
        if (file.IsInvalid)
        {
            throw Failure("open", path);
        }

        return new NamedPipe(file);
    }

    private unsafe nint TryRead(Memory<byte> buffer)
    {
        using MemoryHandle pinned = buffer.Pin();
        return PipeCalls.Read(file, (byte*)pinned.Pointer, (nuint)buffer.Length);
    }

    private unsafe nint TryWrite(ReadOnlyMemory<byte> bytes)
    {
        using MemoryHandle pinned = bytes.Pin();
        return PipeCalls.Write(file, (byte*)pinned.Pointer, (nuint)bytes.Length);
    }

    private static void Check(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error is not (PipeCalls.TryAgain or PipeCalls.Interrupted))
        {
            throw new IOException($"{what} on a pipe: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    private static IOException Failure(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what} '{path}': {Marshal.GetPInvokeErrorMessage(error)}", error);
    }
}
