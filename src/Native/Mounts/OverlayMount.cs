using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Mounts;

/// <summary>Several directories shown as one, by overlayfs.</summary>
public static partial class OverlayMount
{
    private const string LibC = "libc.so.6";

    // What is written can then be a layer itself, under any layers: what is renamed is there whole, and in its old place
    // a whiteout; no file is there without its bytes.
    private const string PlainLayers = ",redirect_dir=nofollow,metacopy=off,index=off";

    // O_PATH, O_DIRECTORY, O_CLOEXEC.
    private const int OpenPlace = 0x200000 | 0x10000 | 0x80000;

    /// <summary>Mounts a writable overlay.</summary>
    /// <param name="layers">The topmost first; some 200 at most.</param>
    /// <param name="changes">Where what is written goes.</param>
    /// <param name="work">An empty directory beside the changes, for the kernel's use.</param>
    /// <param name="target">A directory that exists.</param>
    /// <param name="isVolatile">Whether what is written may be lost with the machine's power: syncing then costs nothing.</param>
    /// <param name="flags">What may not be done there.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount Mount(
        IReadOnlyList<string> layers, string changes, string work, string target, bool isVolatile, MountFlags flags = MountFlags.None)
    {
        // The kernel takes one page of options. Through descriptors each path is short, and needs no escaping.
        List<SafeFileHandle> places = [];
        try
        {
            string lower = string.Join(':', layers.Select(layer => Open(layer, places)));
            string options = $"lowerdir={lower},upperdir={Open(changes, places)},workdir={Open(work, places)}";
            return FileSystemMount.Mount("overlay", target, "overlay", options + PlainLayers + (isVolatile ? ",volatile" : ""), flags);
        }
        finally
        {
            places.ForEach(place => place.Dispose());
        }
    }

    /// <summary>Mounts several directories as one to which nobody can write.</summary>
    /// <param name="layers">The topmost first; at least two, some 200 at most.</param>
    /// <param name="target">A directory that exists.</param>
    /// <param name="flags">What else may not be done there.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static FileSystemMount MountReadOnly(IReadOnlyList<string> layers, string target, MountFlags flags)
    {
        List<SafeFileHandle> places = [];
        try
        {
            string lower = string.Join(':', layers.Select(layer => Open(layer, places)));
            return FileSystemMount.Mount("overlay", target, "overlay", $"lowerdir={lower}{PlainLayers}", flags | MountFlags.ReadOnly);
        }
        finally
        {
            places.ForEach(place => place.Dispose());
        }
    }

    private static string Open(string directory, List<SafeFileHandle> places)
    {
        SafeFileHandle place = Open(directory, OpenPlace);
        places.Add(place);
        if (place.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"'{directory}': {Marshal.GetPInvokeErrorMessage(error)}", error);
        }

        return $"/proc/self/fd/{place.DangerousGetHandle()}";
    }

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
