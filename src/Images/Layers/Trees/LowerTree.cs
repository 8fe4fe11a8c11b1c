using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Trees;

/// <summary>What the layers below show, as a union file system would, without mounting one.</summary>
/// <param name="directories">Topmost first.</param>
internal sealed class LowerTree(IReadOnlyList<string> directories)
{
    private enum Outcome
    {
        Found,
        Hidden,
        Elsewhere,
    }

    /// <summary>The root directory of the topmost layer; null when there are no layers.</summary>
    public NodeStatus? FindRoot()
    {
        if (directories.Count == 0)
        {
            return null;
        }

        using DirectoryHandle root = DirectoryHandle.Open(directories[0]);
        return root.GetStatus();
    }

    /// <summary>What has the path; null when nothing has. No link on the way is followed.</summary>
    public NodeStatus? Find(IReadOnlyList<NodeName> path)
    {
        foreach (string layer in directories)
        {
            using DirectoryHandle root = DirectoryHandle.Open(layer);
            switch (Find(root, path, 0, out NodeStatus status))
            {
                case Outcome.Found:
                    return status;
                case Outcome.Hidden:
                    return null;
                default:
                    continue;
            }
        }

        return null;
    }

    /// <summary>The names in a directory of the union; none where there is no such directory. No link is followed.</summary>
    public IReadOnlyCollection<NodeName> List(IReadOnlyList<NodeName> path)
    {
        HashSet<NodeName> seen = [];
        HashSet<NodeName> hidden = [];
        foreach (string layer in directories)
        {
            using DirectoryHandle root = DirectoryHandle.Open(layer);
            if (!Collect(root, path, 0, seen, hidden))
            {
                break;
            }
        }

        return seen;
    }

    /// <summary>False when layers further down do not matter.</summary>
    private static bool Collect(DirectoryHandle directory, IReadOnlyList<NodeName> path, int index, HashSet<NodeName> seen, HashSet<NodeName> hidden)
    {
        bool mayGoOn;
        if (index == path.Count)
        {
            foreach (NodeName name in directory.List().Where(name => !hidden.Contains(name)))
            {
                (directory.Find(name) is { IsWhiteout: true } && !seen.Contains(name) ? hidden : seen).Add(name);
            }

            mayGoOn = true;
        }
        else if (directory.Find(path[index]) is { } found)
        {
            using DirectoryHandle? child = found.Kind == NodeKind.Directory ? directory.TryOpen(path[index]) : null;
            mayGoOn = child is not null && Collect(child, path, index + 1, seen, hidden);
        }
        else
        {
            mayGoOn = true;
        }

        return mayGoOn && !IsOpaque(directory, index);
    }

    private static Outcome Find(DirectoryHandle directory, IReadOnlyList<NodeName> path, int index, out NodeStatus status)
    {
        status = default;
        if (directory.Find(path[index]) is not { } found)
        {
            return IsOpaque(directory, index) ? Outcome.Hidden : Outcome.Elsewhere;
        }

        if (found.IsWhiteout)
        {
            return Outcome.Hidden;
        }

        if (index == path.Count - 1)
        {
            status = found;
            return Outcome.Found;
        }

        if (found.Kind != NodeKind.Directory)
        {
            return Outcome.Hidden;
        }

        using DirectoryHandle? child = directory.TryOpen(path[index]);
        Outcome outcome = child is null ? Outcome.Elsewhere : Find(child, path, index + 1, out status);
        return outcome == Outcome.Elsewhere && IsOpaque(directory, index) ? Outcome.Hidden : outcome;
    }

    private static bool IsOpaque(DirectoryHandle directory, int depth) =>
        depth > 0 && ExtendedAttributes.Find(directory, null, ExtendedAttributes.OverlayOpaque) is [(byte)'y'];
}
