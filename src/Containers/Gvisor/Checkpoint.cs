namespace Appliance.Containers.Gvisor;

/// <summary>The memory of a container and the state of its kernel, as runsc wrote them to a directory.</summary>
/// <param name="Boot">Which run of the machine made it.</param>
/// <param name="Version">Which runsc made it: another one may not read it.</param>
/// <param name="SizeBytes">What it takes on the disk.</param>
public sealed record Checkpoint(string Boot, string Version, long SizeBytes)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Whether the machine has not been started anew since.</summary>
    public bool IsOfThisBoot => Boot == File.ReadAllText(BootFile).Trim();

    /// <summary>Null when there is none, or only a part of one.</summary>
    public static Checkpoint? Find(string directory)
    {
        string note = Path.Combine(directory, "complete");
        string image = Path.Combine(directory, "checkpoint.img");
        return File.Exists(note) && File.ReadAllLines(note) is [var boot, var version] && new FileInfo(image) is { Exists: true } file
            ? new Checkpoint(boot, version, file.Length)
            : null;
    }
}
