using System.Globalization;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Containers.Streams;

/// <summary>
/// What of a process's output is still there. The oldest goes first, as a hole at the beginning of the file: the shim
/// goes on writing to its end, and offsets mean the same as before.
/// </summary>
public static class KeptOutput
{
    private const string NoteSuffix = ".dropped";
    private const long Step = 4096;

    // So much is dropped at once, as a part of what is kept, so that it is not done for every line.
    private const long Share = 8;

    /// <summary>The first byte that is still there, counted from the first that was ever written.</summary>
    public static long StartOf(string path)
    {
        string note = path + NoteSuffix;
        return File.Exists(note) ? long.Parse(File.ReadAllText(note), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>Drops the oldest where there is more than may be kept.</summary>
    /// <exception cref="IOException">The file system makes no holes, or the file is gone.</exception>
    public static void Trim(string path, long keptMax)
    {
        long length = new FileInfo(path).Length;
        if (length - StartOf(path) <= keptMax)
        {
            return;
        }

        long start = (length - keptMax + keptMax / Share) / Step * Step;

        // Noted first: a reader must never take a hole's zeros for output.
        File.WriteAllText(path + NoteSuffix + ".new", start.ToString(CultureInfo.InvariantCulture));
        File.Move(path + NoteSuffix + ".new", path + NoteSuffix, overwrite: true);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        PosixFile.Zero(file, path, 0, start);
    }
}
