using Appliance.Native.Directories;
using Appliance.Native.Files;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Layers.Trees;

/// <summary>
/// Copies a layer's tree with everything that belongs to an image: owners, modes, times, links, whiteouts, attributes.
/// </summary>
internal sealed class TreeCopy
{
    private readonly DiskRoom room;
    private readonly CancellationToken cancellation;
    private readonly DirectoryHandle target;
    private readonly IReadOnlyDictionary<string, DirectoryHandle> mounted;
    private readonly Dictionary<(DeviceNumber FileSystem, ulong Inode), NodeName[]> links = [];

    private TreeCopy(
        DirectoryHandle target, IReadOnlyDictionary<string, DirectoryHandle> mounted, DiskRoom room, CancellationToken cancellation)
    {
        this.target = target;
        this.mounted = mounted;
        this.room = room;
        this.cancellation = cancellation;
    }

    /// <param name="from">The tree.</param>
    /// <param name="to">An empty directory.</param>
    /// <param name="room">Ends it before the disk is full.</param>
    /// <param name="cancellation">Leaves what was copied by then.</param>
    public static void Copy(TreeSource from, string to, DiskRoom room, CancellationToken cancellation)
    {
        using DirectoryHandle source = DirectoryHandle.Open(from.Directory);
        using DirectoryHandle target = DirectoryHandle.Open(to);
        new TreeCopy(target, from.Mounted, room, cancellation).CopyChildren(source, target, []);
        NodeStatus own = source.GetStatus();
        CopyAttributes(source, null, target, null);
        target.SetOwn(own.User, own.Group, own.Mode, own.ModifiedAt);
    }

    private void CopyChildren(DirectoryHandle source, DirectoryHandle into, NodeName[] path)
    {
        foreach (NodeName name in source.List())
        {
            cancellation.ThrowIfCancellationRequested();
            room.AddedEntry();
            NodeName[] here = [.. path, name];
            if (FindMounted(here) is { } other)
            {
                CopyMounted(other, into, name, here);
            }
            else if (source.Find(name) is { } status)
            {
                CopyOne(source, into, name, status, here);
            }
        }
    }

    private DirectoryHandle? FindMounted(NodeName[] path) =>
        mounted.Count == 0 ? null : mounted.GetValueOrDefault(string.Join('/', path.Select(name => name.ToString())));

    /// <summary>What is mounted shows in the place of what is there.</summary>
    private void CopyMounted(DirectoryHandle source, DirectoryHandle into, NodeName name, NodeName[] path)
    {
        into.CreateDirectory(name);
        using DirectoryHandle added = into.TryOpen(name)!;
        CopyChildren(source, added, path);
        NodeStatus own = source.GetStatus();
        CopyAttributes(source, null, added, null);
        added.SetOwn(own.User, own.Group, own.Mode, own.ModifiedAt);
    }

    private void CopyOne(DirectoryHandle source, DirectoryHandle into, NodeName name, NodeStatus status, NodeName[] path)
    {
        bool isShared = status.Kind != NodeKind.Directory && status.LinkCount > 1 && !status.IsWhiteout;
        if (isShared && links.TryGetValue((status.FileSystem, status.Inode), out NodeName[]? first))
        {
            using DirectoryHandle holder = OpenDirectory(first.AsSpan(..^1));
            holder.Link(first[^1], into, name);
            return;
        }

        if (!TryCreate(source, into, name, status, path))
        {
            return;
        }

        if (isShared)
        {
            links[(status.FileSystem, status.Inode)] = path;
        }

        into.SetOwner(name, status.User, status.Group);
        if (status.Kind != NodeKind.SymbolicLink)
        {
            into.SetMode(name, status.Mode);
        }

        CopyAttributes(source, name, into, name);
        into.SetModifiedAt(name, status.ModifiedAt);
    }

    private bool TryCreate(DirectoryHandle source, DirectoryHandle into, NodeName name, NodeStatus status, NodeName[] path)
    {
        switch (status.Kind)
        {
            case NodeKind.Directory:
                into.CreateDirectory(name);
                using (DirectoryHandle from = source.TryOpen(name)!)
                using (DirectoryHandle to = into.TryOpen(name)!)
                {
                    CopyChildren(from, to, path);
                }

                return true;
            case NodeKind.File:
                CopyFile(source, into, name, status.SizeBytes);
                return true;
            case NodeKind.SymbolicLink:
                into.CreateSymbolicLink(name, source.ReadSymbolicLink(name));
                return true;
            case NodeKind.Fifo:
                into.CreateNode(name, NodeKind.Fifo, default);
                return true;
            case NodeKind.CharacterDevice when status.IsWhiteout || DevicePolicy.IsHarmless(status.Kind, status.Device):
                into.CreateNode(name, NodeKind.CharacterDevice, status.Device);
                return true;
            default:
                // A socket means nothing without its process, and other devices do not belong to an image.
                return false;
        }
    }

    private void CopyFile(DirectoryHandle source, DirectoryHandle into, NodeName name, long sizeBytes)
    {
        using SafeFileHandle from = source.OpenFile(name);
        using SafeFileHandle to = into.CreateFile(name);
        FileCopy.CopyData(from, to, sizeBytes, room.Added);
    }

    private DirectoryHandle OpenDirectory(ReadOnlySpan<NodeName> path)
    {
        DirectoryHandle handle = target.Reopen();
        foreach (NodeName name in path)
        {
            DirectoryHandle child = handle.TryOpen(name)!;
            handle.Dispose();
            handle = child;
        }

        return handle;
    }

    private static void CopyAttributes(DirectoryHandle source, NodeName? name, DirectoryHandle into, NodeName? added)
    {
        foreach (string key in ExtendedAttributes.List(source, name))
        {
            if ((AttributePolicy.IsKept(key) || key == ExtendedAttributes.OverlayOpaque) && ExtendedAttributes.Find(source, name, key) is { } value)
            {
                ExtendedAttributes.TrySet(into, added, key, value);
            }
        }
    }
}
