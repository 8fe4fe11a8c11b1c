using Appliance.Native.Directories;

namespace Appliance.Images.Layers.Trees;

/// <summary>How large a tree is: the lengths of its files, each counted once however many names it has.</summary>
/// <param name="SizeBytes">The lengths.</param>
/// <param name="EntryCount">Files, directories, links and whiteouts.</param>
public readonly record struct TreeMeasure(long SizeBytes, long EntryCount)
{
    public static TreeMeasure Of(string path, CancellationToken cancellation)
    {
        using DirectoryHandle directory = DirectoryHandle.Open(path);
        return Of(directory, [], cancellation);
    }

    private static TreeMeasure Of(DirectoryHandle directory, HashSet<ulong> seen, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long size = 0;
        long count = 0;
        foreach (NodeName name in directory.List())
        {
            if (directory.Find(name) is not { } status)
            {
                continue;
            }

            count++;
            if (status.Kind == NodeKind.Directory)
            {
                using DirectoryHandle? child = directory.TryOpen(name);
                TreeMeasure inside = child is null ? default : Of(child, seen, cancellation);
                (size, count) = (size + inside.SizeBytes, count + inside.EntryCount);
            }
            else if (status.Kind == NodeKind.File && (status.LinkCount == 1 || seen.Add(status.Inode)))
            {
                size += status.SizeBytes;
            }
        }

        return new TreeMeasure(size, count);
    }
}
