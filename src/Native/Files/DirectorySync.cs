using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>Makes the names in a directory durable: a file created or renamed survives a power cut only after this.</summary>
public static class DirectorySync
{
    /// <exception cref="IOException">HResult is the errno.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be opened.</exception>
    public static void Flush(string directory)
    {
        using SafeFileHandle handle = FileCalls.Open(
            directory, FileCalls.OpenReadOnly | FileCalls.OpenCloseOnExec, mode: 0);
        if (handle.IsInvalid)
        {
            throw FileCalls.LastFailure("open", directory);
        }

        if (FileCalls.Flush(handle) != 0)
        {
            throw FileCalls.LastFailure("fsync", directory);
        }
    }
}
