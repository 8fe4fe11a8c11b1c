namespace Appliance.Native.Directories;

/// <summary>Removes whole trees, whatever bytes their names are made of, and never through a link.</summary>
public static class TreeRemoval
{
    private const int NotADirectory = 20;

    /// <summary>Removes what has the path, if there is anything.</summary>
    public static void Remove(string path)
    {
        string parent = Path.GetDirectoryName(path)!;
        if (Directory.Exists(parent))
        {
            using DirectoryHandle directory = DirectoryHandle.Open(parent);
            Remove(directory, NodeName.Of(Path.GetFileName(path)));
        }
    }

    /// <summary>Removes what has the name there, if there is anything.</summary>
    public static void Remove(DirectoryHandle parent, NodeName name)
    {
        if (TryEnter(parent, name) is { } directory)
        {
            using (directory)
            {
                directory.List().ForEach(child => Remove(directory, child));
            }

            parent.RemoveDirectory(name);
        }
        else if (parent.Find(name) is not null)
        {
            parent.Unlink(name);
        }
    }

    private static DirectoryHandle? TryEnter(DirectoryHandle parent, NodeName name)
    {
        try
        {
            return parent.TryOpen(name);
        }
        catch (IOException failure) when (failure.HResult == NotADirectory)
        {
            return null;
        }
    }
}
