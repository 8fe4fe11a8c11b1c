using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>
/// Removes directories with all they hold, whatever the names: .NET's own cannot name what is not UTF-8. Links are
/// removed, not followed.
/// </summary>
public static partial class DirectoryRemoval
{
    private const string LibC = "libc.so.6";
    private const int WorkingDirectory = -100;
    private const int RemoveDirectory = 0x200;
    private const int NoSuchEntry = 2;
    private const int Exists = 17;
    private const int IsDirectory = 21;
    private const int NotPermitted = 1;
    private const int NotEmpty = 39;
    private const int NameOffset = 19;
    private const int RoundsMax = 100;

    // arm64 keeps the numbers that they had on 32-bit ARM.
    private static readonly int OpenListing = FileCalls.OpenCloseOnExec
        | (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? 0x4000 | 0x8000 : 0x10000 | 0x20000);

    /// <summary>Removes the directory if it is there.</summary>
    /// <exception cref="IOException">HResult is the errno: 39 when somebody goes on adding to it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be removed.</exception>
    public static void Run(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        int error = Remove(WorkingDirectory, name);
        if (error is not (0 or NoSuchEntry))
        {
            Marshal.SetLastPInvokeError(error);
            throw FileCalls.LastFailure("remove", path);
        }
    }

    /// <returns>The errno.</returns>
    private static int Remove(int parent, byte[] name)
    {
        var levels = new Stack<Level>();
        try
        {
            levels.Push(new Level(parent, name));
            while (true)
            {
                Level level = levels.Peek();
                if (level.Next() is { } below)
                {
                    if (UnlinkAt(level.Handle, below, 0) != 0 && Marshal.GetLastPInvokeError() is IsDirectory or NotPermitted)
                    {
                        levels.Push(new Level(level.Handle, below));
                    }

                    continue;
                }

                int error = level.TryRemove();
                if (error is NotEmpty or Exists && level.Rewind())
                {
                    continue;
                }

                levels.Pop().Dispose();
                if (levels.Count == 0)
                {
                    return error;
                }
            }
        }
        finally
        {
            while (levels.TryPop(out Level? level))
            {
                level.Dispose();
            }
        }
    }

    [LibraryImport(LibC, EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int directory, byte[] name, int flags, uint mode);

    [LibraryImport(LibC, EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint OpenListingOf(int directory);

    [LibraryImport(LibC, EntryPoint = "readdir64", SetLastError = true)]
    private static partial nint ReadEntry(nint listing);

    [LibraryImport(LibC, EntryPoint = "rewinddir")]
    private static partial void RewindListing(nint listing);

    [LibraryImport(LibC, EntryPoint = "closedir", SetLastError = true)]
    private static partial int CloseListing(nint listing);

    [LibraryImport(LibC, EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(int directory, byte[] name, int flags);

    /// <summary>One directory on the way down.</summary>
    private sealed class Level : IDisposable
    {
        private readonly int parent;
        private readonly byte[] name;
        private readonly nint listing;
        private int rounds;

        public Level(int parent, byte[] name)
        {
            this.parent = parent;
            this.name = name;
            Handle = OpenAt(parent, name, OpenListing, 0);
            listing = Handle < 0 ? 0 : OpenListingOf(Handle);
        }

        public int Handle { get; }

        /// <summary>A name in it, with its final zero; null when all were answered.</summary>
        public byte[]? Next()
        {
            while (listing != 0 && ReadEntry(listing) is not 0 and var entry)
            {
                ReadOnlySpan<byte> found = NameOf(entry);
                if (!found.SequenceEqual(".\0"u8) && !found.SequenceEqual("..\0"u8))
                {
                    return found.ToArray();
                }
            }

            return null;
        }

        /// <returns>The errno.</returns>
        public int TryRemove() => UnlinkAt(parent, name, RemoveDirectory) == 0 ? 0 : Marshal.GetLastPInvokeError();

        /// <summary>Begins again, unless that was done too often already.</summary>
        public bool Rewind()
        {
            if (listing == 0 || ++rounds > RoundsMax)
            {
                return false;
            }

            RewindListing(listing);
            return true;
        }

        public void Dispose()
        {
            if (listing != 0)
            {
                _ = CloseListing(listing);
            }
            else if (Handle >= 0)
            {
                new SafeFileHandle(Handle, ownsHandle: true).Dispose();
            }
        }

        private static byte[] NameOf(nint entry)
        {
            int length = 0;
            while (Marshal.ReadByte(entry, NameOffset + length) != 0)
            {
                length++;
            }

            byte[] copy = new byte[length + 1];
            Marshal.Copy(entry + NameOffset, copy, 0, length);
            return copy;
        }
    }
}
