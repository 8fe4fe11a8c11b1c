using System.Globalization;
using Appliance.Native.Directories;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>
/// Where the changes of a working copy lie. A reload that shows another version begins a generation.
/// <code>
/// G/changes/        the overlay's upper directory
/// G/work/           the kernel's, beside it
/// G/committed.N     what of the changes is in the volume since commit N
/// </code>
/// </summary>
internal sealed class WorkingCopyLayout(string directory, long generation)
{
    private const string CommittedPrefix = "committed.";

    public string Generation { get; } = Path.Combine(directory, generation.ToString(CultureInfo.InvariantCulture));

    public string Changes => Path.Combine(Generation, "changes");

    public string Work => Path.Combine(Generation, "work");

    public string Committed(long number) => Path.Combine(Generation, CommittedPrefix + number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Makes an empty generation, in place of what a crash may have left there.</summary>
    /// <param name="mode">Of the directory that the container sees.</param>
    public void Create(UnixFileMode mode)
    {
        TreeRemoval.Remove(Generation);
        Directory.CreateDirectory(Changes);
        File.SetUnixFileMode(Changes, mode);
        Directory.CreateDirectory(Work);
    }

    /// <summary>Empties the kernel's directory: it refuses one that was used by a mount that is gone.</summary>
    public void RenewWork()
    {
        TreeRemoval.Remove(Work);
        Directory.CreateDirectory(Work);
    }

    /// <summary>Removes what is not of this generation and number.</summary>
    public void Clean(long number)
    {
        if (!Directory.Exists(Generation))
        {
            return;
        }

        foreach (string other in Directory.EnumerateDirectories(directory).Where(other => other != Generation))
        {
            TreeRemoval.Remove(other);
        }

        foreach (string list in Directory.EnumerateFiles(Generation, CommittedPrefix + "*").Where(list => list != Committed(number)))
        {
            File.Delete(list);
        }
    }
}
