using System.Runtime.InteropServices;

namespace Appliance.Native.Processes;

/// <summary>What this process may have at most.</summary>
public static partial class ProcessLimits
{
    private const string LibC = "libc.so.6";
    private const int OpenFiles = 7;

    /// <summary>How many files it, and what it starts, may have open at once.</summary>
    public static ulong OpenFilesMax { get; } = Read(OpenFiles);

    private static unsafe ulong Read(int resource)
    {
        ulong* limits = stackalloc ulong[2];
        return Get(resource, limits) == 0 ? limits[1] : ulong.MaxValue;
    }

    [LibraryImport(LibC, EntryPoint = "getrlimit", SetLastError = true)]
    private static unsafe partial int Get(int resource, ulong* limits);
}
