using Appliance.Images.Archives;
using Appliance.Images.Layers;
using Appliance.Native.Directories;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Images.Transfers.Trees;

/// <summary>Writes a directory tree as a tar archive: a root file system, or a layer with what it removes.</summary>
internal sealed class TreeArchive
{
    private const int ChunkBytes = 256 * 1024;

    private readonly TarWriter writer;
    private readonly TreeForm form;
    private readonly Action<long> progress;
    private readonly Dictionary<(ulong, DeviceNumber), byte[]> links = [];
    private readonly byte[] chunk = new byte[ChunkBytes];
    private DeviceNumber device;

    private TreeArchive(Stream target, TreeForm form, Action<long> progress)
    {
        writer = new TarWriter(target);
        this.form = form;
        this.progress = progress;
    }

    /// <param name="directory">The tree.</param>
    /// <param name="form">What is in it.</param>
    /// <param name="target">Gets the archive with its end mark; stays open.</param>
    /// <param name="progress">Told of bytes of files as they are written.</param>
    /// <param name="cancellation">Leaves an archive without end mark.</param>
    public static async Task WriteAsync(
        string directory, TreeForm form, Stream target, Action<long> progress, CancellationToken cancellation)
    {
        await using var buffered = new BufferedStream(new Core.Streams.UndisposedStream(target), ChunkBytes);
        var archive = new TreeArchive(buffered, form, progress);
        using DirectoryHandle root = DirectoryHandle.Open(directory);
        NodeStatus own = root.GetStatus();
        archive.device = own.FileSystem;
        await archive.writer.WriteAsync(archive.Describe(root, null, "./"u8.ToArray(), own), default, cancellation).ConfigureAwait(false);
        await archive.WriteChildrenAsync(root, [], cancellation).ConfigureAwait(false);
        await archive.writer.EndAsync(cancellation).ConfigureAwait(false);
    }

    private static byte[] Join(byte[] path, ReadOnlySpan<byte> name) => path.Length == 0 ? name.ToArray() : [.. path, (byte)'/', .. name];

    private async ValueTask WriteChildrenAsync(DirectoryHandle directory, byte[] path, CancellationToken cancellation)
    {
        if (form == TreeForm.Layer && path.Length > 0 && ExtendedAttributes.Find(directory, null, ExtendedAttributes.OverlayOpaque) is [(byte)'y'])
        {
            await WriteMarkAsync(Join(path, ".wh..wh..opq"u8), cancellation).ConfigureAwait(false);
        }

        foreach (NodeName name in directory.List())
        {
            cancellation.ThrowIfCancellationRequested();
            if (directory.Find(name) is not { } status)
            {
                continue;
            }

            byte[] child = Join(path, name.Bytes);
            if (status.IsWhiteout)
            {
                if (form == TreeForm.Layer)
                {
                    await WriteMarkAsync(Join(path, [.. ".wh."u8, .. name.Bytes]), cancellation).ConfigureAwait(false);
                }
            }
            else if (status.Kind == NodeKind.Directory)
            {
                await WriteDirectoryAsync(directory, name, child, status, cancellation).ConfigureAwait(false);
            }
            else if (status.Kind != NodeKind.Socket)
            {
                await WriteOtherAsync(directory, name, child, status, cancellation).ConfigureAwait(false);
            }
        }
    }

    private ValueTask WriteMarkAsync(byte[] path, CancellationToken cancellation) =>
        writer.WriteAsync(new TarEntry { Kind = TarKind.File, Name = path, Mode = 0x180 }, default, cancellation);

    private async ValueTask WriteDirectoryAsync(
        DirectoryHandle parent, NodeName name, byte[] path, NodeStatus status, CancellationToken cancellation)
    {
        await writer.WriteAsync(Describe(parent, name, [.. path, (byte)'/'], status), default, cancellation).ConfigureAwait(false);

        // What is mounted there is no part of the tree: /proc of a root directory somebody works in.
        if (status.FileSystem == device)
        {
            using DirectoryHandle? child = parent.TryOpen(name);
            if (child is not null)
            {
                await WriteChildrenAsync(child, path, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask WriteOtherAsync(
        DirectoryHandle parent, NodeName name, byte[] path, NodeStatus status, CancellationToken cancellation)
    {
        TarEntry entry = Describe(parent, name, path, status);
        if (status.LinkCount > 1 && !links.TryAdd((status.Inode, status.FileSystem), path))
        {
            byte[] first = links[(status.Inode, status.FileSystem)];
            await writer.WriteAsync(entry with { Kind = TarKind.HardLink, LinkName = first, Attributes = [] }, default, cancellation).ConfigureAwait(false);
        }
        else if (entry.Kind == TarKind.File)
        {
            await WriteFileAsync(parent, name, entry, cancellation).ConfigureAwait(false);
        }
        else
        {
            await writer.WriteAsync(entry, default, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask WriteFileAsync(DirectoryHandle parent, NodeName name, TarEntry entry, CancellationToken cancellation)
    {
        using SafeFileHandle file = parent.OpenFile(name);
        await writer.BeginAsync(entry, cancellation).ConfigureAwait(false);
        for (long done = 0; done < entry.SizeBytes;)
        {
            int wanted = (int)Math.Min(ChunkBytes, entry.SizeBytes - done);
            int read = RandomAccess.Read(file, chunk.AsSpan(0, wanted), done);
            if (read == 0)
            {
                throw new Core.Errors.ApplianceException(
                    Core.Errors.ErrorKind.Unavailable, $"'{entry.DisplayName}' became shorter while it was read: try again.");
            }

            await writer.WriteDataAsync(chunk.AsMemory(0, read), cancellation).ConfigureAwait(false);
            done += read;
            progress(read);
        }
    }

    private TarEntry Describe(DirectoryHandle parent, NodeName? name, byte[] path, NodeStatus status) => new()
    {
        Kind = status.Kind switch
        {
            NodeKind.Directory => TarKind.Directory,
            NodeKind.SymbolicLink => TarKind.SymbolicLink,
            NodeKind.CharacterDevice => TarKind.CharacterDevice,
            NodeKind.BlockDevice => TarKind.BlockDevice,
            NodeKind.Fifo => TarKind.Fifo,
            _ => TarKind.File,
        },
        Name = path,
        LinkName = status.Kind == NodeKind.SymbolicLink && name is { } link ? parent.ReadSymbolicLink(link) : [],
        Mode = status.Mode,
        User = status.User,
        Group = status.Group,
        SizeBytes = status.Kind == NodeKind.File ? status.SizeBytes : 0,
        ModifiedAt = status.ModifiedAt,
        Device = status.Device,
        Attributes = [.. ReadAttributes(parent, name)],
    };

    private static IEnumerable<TarAttribute> ReadAttributes(DirectoryHandle parent, NodeName? name)
    {
        foreach (string key in ExtendedAttributes.List(parent, name).Where(AttributePolicy.IsKept).Order(StringComparer.Ordinal))
        {
            if (ExtendedAttributes.Find(parent, name, key) is { } value)
            {
                yield return new TarAttribute(key, value);
            }
        }
    }
}

/// <summary>What a tree holds.</summary>
internal enum TreeForm
{
    /// <summary>Files as they are.</summary>
    RootFileSystem,

    /// <summary>Also marks of what lies below and is removed, in the form of the union file system.</summary>
    Layer,
}
