using Appliance.Images.Archives;
using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Unpacking;

/// <summary>A path of an archive as names below the root of the image.</summary>
internal static class EntryPath
{
    /// <summary>Empty for the root itself.</summary>
    /// <param name="entry">For messages.</param>
    /// <param name="path">A name or the target of a hard link, as it stands in the archive.</param>
    /// <param name="rules">Whether a leading slash means the root of the image, or is a fault.</param>
    /// <param name="depthMax">Names at most.</param>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: it leads outside, or cannot be a path.</exception>
    public static NodeName[] Read(TarEntry entry, ReadOnlySpan<byte> path, ArchiveRules rules, int depthMax)
    {
        if (path.StartsWith("/"u8) && rules == ArchiveRules.RootFileSystem)
        {
            throw ArchiveFault.InEntry(entry, "has an absolute path: make the archive without them ('tar -C DIR -c .').");
        }

        List<NodeName> names = [];
        foreach (Range range in path.Split((byte)'/'))
        {
            ReadOnlySpan<byte> part = path[range];
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                throw ArchiveFault.InEntry(entry, "leads outside of the image ('..'): nothing of the archive was kept.");
            }

            names.Add(NodeName.TryRead(part, out NodeName name)
                ? name
                : throw ArchiveFault.InEntry(entry, $"has a name that no file can have: longer than {NodeName.LengthMax} bytes, or with a zero byte."));
            if (names.Count > depthMax)
            {
                throw ArchiveFault.InEntry(entry, $"is nested deeper than {depthMax} directories.");
            }
        }

        return [.. names];
    }
}

/// <summary>What paths in an archive mean.</summary>
public enum ArchiveRules
{
    /// <summary>A layer of an image: a leading slash is the root of the image.</summary>
    Layer,

    /// <summary>An archive somebody made of a root directory: paths are relative.</summary>
    RootFileSystem,
}
