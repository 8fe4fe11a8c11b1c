using Appliance.Images.Archives;
using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>
/// The directories of a layer while it is unpacked. One that the archive has no entry for looks as in the layers below,
/// since it would cover theirs.
/// </summary>
internal sealed class LayerDirectories(DirectoryHandle root, LowerTree below) : IDisposable
{
    private const int NotADirectory = 20;
    private const int LinkInTheWay = 40;
    private const int DefaultMode = 0x1ED;

    private readonly OpenPath open = new(root);
    private readonly List<(NodeName[] Path, NodeTime Time)> times = [];

    /// <summary>Whether anything was taken from the layers below, so that the archive alone does not make the layer.</summary>
    public bool HasLookedBelow { get; private set; }

    /// <summary>The directory that a path lies in, made if need be.</summary>
    public DirectoryHandle EnsureParent(TarEntry entry, NodeName[] path) =>
        open.Go(path, path.Length - 1, (parent, names, index) => EnterOrCreate(entry, parent, names, index))!;

    /// <summary>The directory that a path lies in; null when the layer does not have it.</summary>
    public DirectoryHandle? FindParent(TarEntry entry, NodeName[] path) =>
        open.Go(path, path.Length - 1, (parent, names, index) => TryEnter(entry, parent, names[index]));

    /// <summary>Something else is to take the place of what the path names.</summary>
    public void Forget(NodeName[] path) => open.Forget(path);

    /// <summary>Times of directories are set last: each file that is put into one changes them.</summary>
    public void SetTimeLater(NodeName[] path, NodeTime time) => times.Add((path, time));

    public void SetTimes()
    {
        foreach ((NodeName[] path, NodeTime time) in times)
        {
            DirectoryHandle? parent = open.Go(path, path.Length - 1, (from, names, index) => Peek(from, names[index]));
            if (parent?.Find(path[^1]) is { Kind: NodeKind.Directory })
            {
                parent.SetModifiedAt(path[^1], time);
            }
        }
    }

    /// <summary>What the root looks like that the archive has no entry for.</summary>
    public void SetRootAsBelow()
    {
        NodeStatus? lower = below.FindRoot();
        root.SetOwn(lower?.User ?? 0, lower?.Group ?? 0, lower?.Mode ?? DefaultMode, lower?.ModifiedAt ?? default);
        HasLookedBelow |= lower is { } known && (known.User != 0 || known.Group != 0 || known.Mode != DefaultMode);
    }

    public void Dispose() => open.Dispose();

    private static DirectoryHandle? Peek(DirectoryHandle parent, NodeName name) =>
        parent.Find(name) is { Kind: NodeKind.Directory } ? parent.TryOpen(name) : null;

    private DirectoryHandle EnterOrCreate(TarEntry entry, DirectoryHandle parent, IReadOnlyList<NodeName> path, int index)
    {
        NodeName name = path[index];
        if (TryEnter(entry, parent, name) is { } present)
        {
            return present;
        }

        bool wasHidden = parent.Find(name) is { IsWhiteout: true };
        if (wasHidden)
        {
            parent.Unlink(name);
        }

        NodeStatus? lower = wasHidden ? null : FindBelow(entry, [.. path.Take(index + 1)]);
        parent.CreateDirectory(name);
        parent.SetOwner(name, lower?.User ?? 0, lower?.Group ?? 0);
        parent.SetMode(name, lower?.Mode ?? DefaultMode);
        if (wasHidden)
        {
            ExtendedAttributes.TrySet(parent, name, ExtendedAttributes.OverlayOpaque, "y"u8);
        }

        SetTimeLater([.. path.Take(index + 1)], lower?.ModifiedAt ?? entry.ModifiedAt);
        return parent.TryOpen(name)!;
    }

    private NodeStatus? FindBelow(TarEntry entry, NodeName[] path)
    {
        if (below.Find(path) is not { } lower)
        {
            return null;
        }

        HasLookedBelow = true;
        return lower.Kind switch
        {
            NodeKind.Directory => lower,
            NodeKind.SymbolicLink => throw ArchiveFault.InEntry(
                entry, $"leads through '{path[^1]}', which is a symbolic link in a layer below: build the image with the directory's real path."),
            _ => null,
        };
    }

    private static DirectoryHandle? TryEnter(TarEntry entry, DirectoryHandle parent, NodeName name)
    {
        try
        {
            return parent.TryOpen(name);
        }
        catch (IOException failure) when (failure.HResult is NotADirectory or LinkInTheWay)
        {
            return parent.Find(name) switch
            {
                { IsWhiteout: true } => null,
                { Kind: NodeKind.SymbolicLink } => throw ArchiveFault.InEntry(
                    entry, $"leads through the symbolic link '{name}': nothing of the archive was kept."),
                _ => throw ArchiveFault.InEntry(entry, $"lies below '{name}', which is no directory."),
            };
        }
    }
}
