using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>Copies a file's data within the kernel; holes stay holes, and file systems that can share the bytes do.</summary>
public static partial class FileCopy
{
    private const string LibC = "libc.so.6";
    private const long StepBytes = 64L << 20;
    private const int SeekStart = 0;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int NothingBeyond = 6;
    private const int OtherFileSystem = 18;

    /// <param name="from">Read from its beginning; its position moves.</param>
    /// <param name="to">A new file.</param>
    /// <param name="sizeBytes">How long it is.</param>
    /// <param name="onCopied">Told of each step; throws to end it.</param>
    /// <exception cref="IOException">HResult is the errno.</exception>
    public static void CopyData(SafeFileHandle from, SafeFileHandle to, long sizeBytes, Action<long> onCopied)
    {
        for (long position = 0; position < sizeBytes;)
        {
            long data = Seek(from, position, SeekData);
            if (data < 0)
            {
                if (Marshal.GetLastPInvokeError() == NothingBeyond)
                {
                    break;
                }

                throw FileCalls.LastFailure("lseek", "a file");
            }

            long end = Math.Min(sizeBytes, Seek(from, data, SeekHole));
            for (position = data; position < end;)
            {
                nint copied = CopyStep(from, to, position, (nuint)Math.Min(StepBytes, end - position));
                if (copied < 0)
                {
                    throw FileCalls.LastFailure("copy", "a file");
                }

                // Nothing more comes where the file became shorter meanwhile.
                position = copied == 0 ? sizeBytes : position + copied;
                onCopied(copied);
            }
        }

        RandomAccess.SetLength(to, sizeBytes);
    }

    private static nint CopyStep(SafeFileHandle from, SafeFileHandle to, long position, nuint length)
    {
        long read = position;
        long written = position;
        nint copied = CopyRange(from, ref read, to, ref written, length, 0);
        if (copied >= 0 || Marshal.GetLastPInvokeError() != OtherFileSystem)
        {
            return copied;
        }

        // A union's files count as another file system's than those that they are made of.
        read = position;
        return Seek(to, position, SeekStart) < 0 ? -1 : SendFile(to, from, ref read, length);
    }

    [LibraryImport(LibC, EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyRange(SafeFileHandle from, ref long fromOffset, SafeFileHandle to, ref long toOffset, nuint length, uint flags);

    [LibraryImport(LibC, EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(SafeFileHandle to, SafeFileHandle from, ref long fromOffset, nuint length);

    [LibraryImport(LibC, EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);
}
