using Appliance.Images.Archives;
using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>The names by which an archive says that something of the layers below is not there.</summary>
internal static class Whiteout
{
    public static bool Is(NodeName name) => name.Bytes.StartsWith(".wh."u8);

    public static void Apply(LayerDirectories directories, TarEntry entry, NodeName[] path)
    {
        ReadOnlySpan<byte> hidden = path[^1].Bytes[".wh."u8.Length..];
        if (hidden.SequenceEqual(".wh..opq"u8))
        {
            MarkOpaque(directories, entry, path);
            return;
        }

        if (hidden.StartsWith(".wh."u8))
        {
            // Book-keeping of an older union file system, of no meaning to others.
            return;
        }

        if (!NodeName.TryRead(hidden, out NodeName name))
        {
            throw ArchiveFault.InEntry(entry, "says that something is removed, but not what.");
        }

        DirectoryHandle parent = directories.EnsureParent(entry, path);
        if (parent.Find(name) is not { } present)
        {
            parent.CreateNode(name, NodeKind.CharacterDevice, default);
        }
        else if (present.Kind == NodeKind.Directory)
        {
            // It is about the layers below alone; what this one holds stays.
            ExtendedAttributes.TrySet(parent, name, ExtendedAttributes.OverlayOpaque, "y"u8);
        }
    }

    private static void MarkOpaque(LayerDirectories directories, TarEntry entry, NodeName[] path)
    {
        if (path.Length == 1)
        {
            throw ArchiveFault.InEntry(entry, "would hide everything below this layer: build an image from this layer alone instead.");
        }

        ExtendedAttributes.TrySet(directories.EnsureParent(entry, path), null, ExtendedAttributes.OverlayOpaque, "y"u8);
    }
}
