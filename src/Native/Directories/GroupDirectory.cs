using System.Runtime.InteropServices;

namespace Appliance.Native.Directories;

/// <summary>Directories that the kernel fills, such as control groups.</summary>
public static partial class GroupDirectory
{
    private const string LibC = "libc.so.6";

    /// <summary>Removes the directory itself, without a look at its files.</summary>
    /// <exception cref="IOException">HResult is the errno: 16, it is in use.</exception>
    public static void Remove(string path)
    {
        if (RemoveDirectory(path) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"rmdir '{path}': {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport(LibC, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);
}
