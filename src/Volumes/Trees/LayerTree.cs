using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Trees;

/// <summary>The directories of a layer while it is built. One below which something changed is there with its own mode.</summary>
internal sealed class LayerTree(string root, Func<VolumePath, int?> modeOf)
{
    private readonly HashSet<string> directories = [""];

    public string PathFor(VolumePath path)
    {
        EnsureDirectory(path.Parent);
        return $"{root}/{path.Text}";
    }

    public void EnsureDirectory(VolumePath path)
    {
        if (!directories.Add(path.Text))
        {
            return;
        }

        EnsureDirectory(path.Parent);
        string target = $"{root}/{path.Text}";
        Directory.CreateDirectory(target);
        if (modeOf(path) is { } mode)
        {
            File.SetUnixFileMode(target, (UnixFileMode)mode);
        }
    }
}
