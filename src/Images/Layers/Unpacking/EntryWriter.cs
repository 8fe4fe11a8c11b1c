using Appliance.Images.Archives;
using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>Puts single entries of an archive into the layer.</summary>
internal sealed class EntryWriter(LayerDirectories directories, FileFiller filler, ArchiveRules rules, UnpackLimits limits)
{
    private const int NameIsTaken = 17;
    private const int LinkTargetMax = 4095;

    public async ValueTask WriteAsync(TarReader reader, TarEntry entry, NodeName[] path, CancellationToken cancellation)
    {
        DirectoryHandle parent = directories.EnsureParent(entry, path);
        NodeName name = path[^1];
        switch (entry.Kind)
        {
            case TarKind.Directory:
                WriteDirectory(parent, name, path);
                break;
            case TarKind.HardLink:
                WriteHardLink(entry, path);
                return;
            case TarKind.File:
                using (SafeFileHandle file = Replace(path, parent, () => parent.CreateFile(name)))
                {
                    await filler.FillAsync(reader, entry, file, cancellation).ConfigureAwait(false);
                }

                break;
            case TarKind.SymbolicLink:
                WriteSymbolicLink(entry, parent, name, path);
                break;
            default:
                WriteNode(entry, parent, name, path);
                break;
        }

        SetMetadata(entry, parent, name, path);
    }

    private void WriteDirectory(DirectoryHandle parent, NodeName name, NodeName[] path)
    {
        if (parent.Find(name) is not { } present)
        {
            parent.CreateDirectory(name);
        }
        else if (present.Kind != NodeKind.Directory)
        {
            directories.Forget(path);
            parent.Unlink(name);
            parent.CreateDirectory(name);

            // What was there hid a directory of that name below, and goes on hiding it.
            ExtendedAttributes.TrySet(parent, name, ExtendedAttributes.OverlayOpaque, "y"u8);
        }
    }

    private void WriteHardLink(TarEntry entry, NodeName[] path)
    {
        NodeName[] target = EntryPath.Read(entry, entry.LinkName, rules, limits.DepthMax);
        if (target.SequenceEqual(path))
        {
            return;
        }

        using DirectoryHandle? from = target.Length == 0 ? null : directories.FindParent(entry, target)?.Reopen();
        if (from?.Find(target[^1]) is not { IsWhiteout: false } present)
        {
            throw ArchiveFault.InEntry(entry, $"is a hard link to '{string.Join('/', target)}', which the archive does not hold before it.");
        }

        if (present.Kind == NodeKind.Directory)
        {
            throw ArchiveFault.InEntry(entry, $"is a hard link to the directory '{string.Join('/', target)}'.");
        }

        DirectoryHandle parent = directories.EnsureParent(entry, path);
        Replace(path, parent, () =>
        {
            from.Link(target[^1], parent, path[^1]);
            return true;
        });
    }

    private void WriteSymbolicLink(TarEntry entry, DirectoryHandle parent, NodeName name, NodeName[] path)
    {
        if (entry.LinkName.Length is 0 or > LinkTargetMax || entry.LinkName.Contains((byte)0))
        {
            throw ArchiveFault.InEntry(entry, "is a symbolic link that leads nowhere: its target is empty, too long, or holds a zero byte.");
        }

        Replace(path, parent, () =>
        {
            parent.CreateSymbolicLink(name, entry.LinkName);
            return true;
        });
    }

    private void WriteNode(TarEntry entry, DirectoryHandle parent, NodeName name, NodeName[] path)
    {
        NodeKind kind = entry.Kind switch
        {
            TarKind.Fifo => NodeKind.Fifo,
            TarKind.BlockDevice => NodeKind.BlockDevice,
            _ => NodeKind.CharacterDevice,
        };
        if (kind != NodeKind.Fifo && !DevicePolicy.IsHarmless(kind, entry.Device))
        {
            throw ArchiveFault.InEntry(
                entry, $"is the device {entry.Device}, which an image may not hold: make the archive without it. Containers get their devices when they start.");
        }

        Replace(path, parent, () =>
        {
            parent.CreateNode(name, kind, entry.Device);
            return true;
        });
    }

    /// <summary>Makes something new, in the place of what an earlier entry had put there.</summary>
    private T Replace<T>(NodeName[] path, DirectoryHandle parent, Func<T> create)
    {
        try
        {
            return create();
        }
        catch (IOException failure) when (failure.HResult == NameIsTaken)
        {
            directories.Forget(path);
            TreeRemoval.Remove(parent, path[^1]);
            return create();
        }
    }

    private void SetMetadata(TarEntry entry, DirectoryHandle parent, NodeName name, NodeName[] path)
    {
        parent.SetOwner(name, entry.User, entry.Group);
        if (entry.Kind != TarKind.SymbolicLink)
        {
            parent.SetMode(name, entry.Mode);
        }

        foreach (TarAttribute attribute in entry.Attributes.Where(attribute => AttributePolicy.IsKept(attribute.Key)))
        {
            SetAttribute(entry, parent, name, attribute);
        }

        if (entry.Kind == TarKind.Directory)
        {
            directories.SetTimeLater(path, entry.ModifiedAt);
        }
        else
        {
            parent.SetModifiedAt(name, entry.ModifiedAt);
        }
    }

    private static void SetAttribute(TarEntry entry, DirectoryHandle parent, NodeName name, TarAttribute attribute)
    {
        try
        {
            bool isSet = ExtendedAttributes.TrySet(parent, name, attribute.Key, attribute.Value);
            if (!isSet && attribute.Key == "security.capability")
            {
                throw ArchiveFault.InEntry(entry, "has capabilities, which the file system of the data directory cannot store: use ext4 or xfs.");
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ArchiveFault.InEntry(entry.DisplayName, $"has an attribute '{attribute.Key}' that cannot be set: {failure.Message}.", failure);
        }
    }
}
