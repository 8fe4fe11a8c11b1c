using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>
/// A directory to which somebody else writes at the same time. Whatever is looked up below it is below it: no symbolic
/// link is followed, also not one that is put on the way at the last moment.
/// </summary>
public sealed partial class SealedDirectory : IDisposable
{
    private const string LibC = "libc.so.6";
    private const int NoSuchEntry = 2;
    private const int NotADirectory = 20;
    private const int TryAgain = 11;
    private const int NameTooLong = 36;
    private const int LoopsOrLinks = 40;
    private const nint OpenAt2 = 437;
    private const ulong NoLinksAndBeneath = 0x04 | 0x08;
    private const int OpenPath = 0x200000;

    // arm64 keeps the numbers that they had on 32-bit ARM.
    private static readonly bool IsArm = RuntimeInformation.OSArchitecture == Architecture.Arm64;
    private static readonly int OpenNoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly int OpenDirectory = IsArm ? 0x4000 : 0x10000;

    private readonly SafeFileHandle root;

    private SealedDirectory(SafeFileHandle root) => this.root = root;

    /// <exception cref="IOException">HResult is the errno.</exception>
    public static SealedDirectory Open(string path)
    {
        SafeFileHandle handle = FileCalls.Open(path, OpenPath | OpenDirectory | FileCalls.OpenCloseOnExec, mode: 0);
        return handle.IsInvalid ? throw FileCalls.LastFailure("open", path) : new SealedDirectory(handle);
    }

    /// <summary>What is at a path below; null when there is nothing, or a link on the way.</summary>
    public FileStatus? Find(string relative)
    {
        using SafeFileHandle? place = TryOpen(relative, OpenPath | OpenNoFollow);
        return place is null ? null : FileStatus.Of(place);
    }

    /// <summary>Opens a plain file for reading; null when there is none. A device or pipe in its place is not touched.</summary>
    public SafeFileHandle? TryOpenFile(string relative)
    {
        using SafeFileHandle? place = TryOpen(relative, OpenPath | OpenNoFollow);
        if (place is null || FileStatus.Of(place).Kind != FileKind.File)
        {
            return null;
        }

        SafeFileHandle handle = FileCalls.Open($"/proc/self/fd/{place.DangerousGetHandle()}", FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec, mode: 0);
        return handle.IsInvalid ? throw FileCalls.LastFailure("open", relative) : handle;
    }

    /// <summary>Opens a directory for listing; the root for an empty path. Null when there is none any more.</summary>
    public SafeFileHandle? TryOpenDirectory(string relative) => TryOpen(relative.Length == 0 ? "." : relative, OpenNoFollow | OpenDirectory);

    public void Dispose() => root.Dispose();

    private SafeFileHandle? TryOpen(string relative, int flags)
    {
        var how = new OpenHow { Flags = (ulong)(flags | FileCalls.OpenCloseOnExec), Resolve = NoLinksAndBeneath };
        while (true)
        {
            nint handle = OpenBelow(OpenAt2, root, relative, in how, (nuint)Marshal.SizeOf<OpenHow>());
            if (handle >= 0)
            {
                return new SafeFileHandle(handle, ownsHandle: true);
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case NoSuchEntry or NotADirectory or LoopsOrLinks or NameTooLong:
                    return null;
                case TryAgain:
                    // Something was renamed on the way.
                    continue;
                default:
                    throw FileCalls.LastFailure("open", relative);
            }
        }
    }

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenBelow(nint number, SafeFileHandle directory, string path, in OpenHow how, nuint lengthBytes);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
