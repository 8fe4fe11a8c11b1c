using Appliance.Native.Directories;

namespace Appliance.Containers.Runtime;

/// <summary>
/// Where something was mounted into a container, the OCI runtime has made an empty file or directory for it if the image
/// had none. That is no change of the container's, and must not become a part of an image.
/// </summary>
public static class MountTraces
{
    /// <param name="changes">An overlay's upper directory that nobody uses any more.</param>
    /// <param name="targets">Absolute paths in the container.</param>
    public static void Remove(string changes, IEnumerable<string> targets)
    {
        foreach (string target in targets)
        {
            Remove(changes, target.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Also takes away directories above that hold nothing else: they were made for it.</summary>
    private static void Remove(string changes, string[] names)
    {
        using DirectoryHandle top = DirectoryHandle.Open(changes);
        RemoveBelow(top, names);
    }

    private static void RemoveBelow(DirectoryHandle directory, ReadOnlySpan<string> names)
    {
        NodeName name = NodeName.Of(names[0]);
        if (names.Length > 1)
        {
            using DirectoryHandle? next = TryEnter(directory, name);
            if (next is null)
            {
                return;
            }

            RemoveBelow(next, names[1..]);
            if (names.Length > 2 || next.List().Count > 0 || names[0] != "__modal")
            {
                return;
            }

            directory.RemoveDirectory(name);
            return;
        }

        try
        {
            TreeRemoval.Remove(directory, name);
        }
        catch (IOException)
        {
            // Not what was made for a mount.
        }
    }

    private static DirectoryHandle? TryEnter(DirectoryHandle directory, NodeName name)
    {
        try
        {
            return directory.TryOpen(name);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
