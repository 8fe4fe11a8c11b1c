using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Native.Files;

/// <summary>Tells whether anybody can change a file without opening it first.</summary>
public static partial class FileWriters
{
    private const string LibC = "libc.so.6";
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int UrgentData = 23;
    private const int ReadLease = 0;
    private const int NoLease = 2;

    /// <summary>Whether a process has the file open for writing, or has mapped it so. True, too, where that is not known.</summary>
    /// <param name="file">Open for reading only.</param>
    public static bool MayExist(SafeFileHandle file)
    {
        // The kernel grants a lease only while there is no writer. Whoever opens the file in the next microseconds waits
        // for them, and this process gets a signal, by default one that would end it; this one does nothing.
        if (Control(file, SetSignal, UrgentData) != 0 || Control(file, SetLease, ReadLease) != 0)
        {
            return true;
        }

        _ = Control(file, SetLease, NoLease);
        return false;
    }

    [LibraryImport(LibC, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, nint argument);
}
