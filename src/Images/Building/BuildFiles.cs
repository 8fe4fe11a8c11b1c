namespace Appliance.Images.Building;

/// <summary>Where builds keep what they need while they run, and their logs.</summary>
/// <param name="Directory">Of builds, below that of images.</param>
/// <param name="Empty">A directory without anything in it: what an image without layers is made of.</param>
internal sealed record BuildFiles(string Directory, string Empty)
{
    /// <summary>For roots that are being changed.</summary>
    public string Scratch => Path.Combine(Directory, "scratch");

    public string LogOf(string id) => Path.Combine(Directory, "logs", id);

    /// <summary>Makes them, and removes what a crash left half-done.</summary>
    public static BuildFiles Open(string directory, string empty)
    {
        var files = new BuildFiles(directory, empty);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(files.LogOf("x"))!);
        System.IO.Directory.CreateDirectory(files.Scratch);
        foreach (string left in System.IO.Directory.EnumerateDirectories(files.Scratch))
        {
            // A mount outlives the process that made it.
            Native.Mounts.FileSystemMount.DetachAll(Path.Combine(left, "root"));
            Native.Directories.TreeRemoval.Remove(left);
        }

        return files;
    }
}
