using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Building.Copying;

/// <summary>Copies entries of a tree into a directory, over what is there.</summary>
/// <param name="source">The tree.</param>
/// <param name="owner">Who owns the copies; null to keep the owners.</param>
/// <param name="mode">The permission bits of the copies; null to keep them.</param>
/// <param name="onCopied">Told of bytes; throws to end it.</param>
internal sealed class TreeCopier(ICopyTree source, (uint User, uint Group)? owner, int? mode, Action<long> onCopied)
{
    private const int ChunkBytes = 256 * 1024;

    /// <summary>Copies what a directory holds.</summary>
    public async Task CopyChildrenAsync(string path, DirectoryHandle target, CancellationToken cancellation)
    {
        foreach (string name in source.List(path))
        {
            await CopyAsync(path.Length == 0 ? name : $"{path}/{name}", target, NodeName.Of(name), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Copies one entry, with all below it, under a name.</summary>
    public async Task CopyAsync(string path, DirectoryHandle target, NodeName name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        CopyNode node = source.Find(path)!;
        NodeStatus? present = target.Find(name);
        if (present is not null && (present.Value.Kind != NodeKind.Directory || node.Kind != NodeKind.Directory))
        {
            TreeRemoval.Remove(target, name);
            present = null;
        }

        switch (node.Kind)
        {
            case NodeKind.Directory:
                await CopyDirectoryAsync(path, target, name, present is not null, cancellation).ConfigureAwait(false);
                break;
            case NodeKind.File:
                await CopyFileAsync(path, target, name, cancellation).ConfigureAwait(false);
                break;
            case NodeKind.SymbolicLink:
                target.CreateSymbolicLink(name, System.Text.Encoding.UTF8.GetBytes(source.ReadLink(path)));
                break;
            case NodeKind.Fifo:
                target.CreateNode(name, NodeKind.Fifo, default);
                break;
            default:
                return;
        }

        SetMetadata(node, target, name);
    }

    private async Task CopyDirectoryAsync(string path, DirectoryHandle target, NodeName name, bool isThere, CancellationToken cancellation)
    {
        if (!isThere)
        {
            target.CreateDirectory(name);
        }

        using DirectoryHandle directory = target.TryOpen(name)!;
        await CopyChildrenAsync(path, directory, cancellation).ConfigureAwait(false);
    }

    private async Task CopyFileAsync(string path, DirectoryHandle target, NodeName name, CancellationToken cancellation)
    {
        await using Stream from = source.Open(path);
        using SafeFileHandle to = target.CreateFile(name);
        byte[] chunk = new byte[ChunkBytes];
        long position = 0;
        int length;
        while ((length = await from.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            RandomAccess.Write(to, chunk.AsSpan(0, length), position);
            position += length;
            onCopied(length);
        }
    }

    private void SetMetadata(CopyNode node, DirectoryHandle target, NodeName name)
    {
        (uint user, uint group) = owner ?? (node.User, node.Group);
        target.SetOwner(name, user, group);
        if (node.Kind != NodeKind.SymbolicLink)
        {
            target.SetMode(name, mode ?? node.Mode);
        }

        if (node.Capability is { } capability)
        {
            ExtendedAttributes.TrySet(target, name, "security.capability", capability);
        }

        if (node.ModifiedAt != default)
        {
            target.SetModifiedAt(name, node.ModifiedAt);
        }
    }
}
