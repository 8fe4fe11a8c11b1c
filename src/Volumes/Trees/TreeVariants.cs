using Appliance.Native.Files;

namespace Appliance.Volumes.Trees;

/// <summary>
/// Contents as files of their own because a tree needs them with other permissions. One that no tree has a name for any
/// more is of no use, and is made again when it is wanted.
/// </summary>
public sealed class TreeVariants
{
    private readonly TreeLayout layout;

    /// <param name="directory">Where the trees of volumes are.</param>
    public TreeVariants(string directory) => layout = new TreeLayout(directory);

    /// <summary>All of them, and those that no tree has used since that moment. Looks at every one.</summary>
    public (VariantUsage All, VariantUsage Unused) Survey(DateTimeOffset since, CancellationToken cancellation)
    {
        (VariantUsage all, VariantUsage unused) = (default(VariantUsage), default(VariantUsage));
        foreach ((_, FileStatus status) in List())
        {
            cancellation.ThrowIfCancellationRequested();
            all = all.Plus(status.SizeBytes);
            unused = IsUnused(status, since) ? unused.Plus(status.SizeBytes) : unused;
        }

        return (all, unused);
    }

    /// <summary>Removes those that no tree has used since that moment.</summary>
    public VariantUsage Collect(DateTimeOffset since, CancellationToken cancellation)
    {
        VariantUsage removed = default;
        foreach ((string path, FileStatus status) in List())
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsUnused(status, since))
            {
                File.Delete(path);
                removed = removed.Plus(status.SizeBytes);
            }
        }

        return removed;
    }

    // Its own name is one; a name more or less, as the copy itself, is a change of the file.
    private static bool IsUnused(FileStatus status, DateTimeOffset since) => status.LinkCount == 1 && status.ChangedAt < since;

    private IEnumerable<(string Path, FileStatus Status)> List()
    {
        if (!Directory.Exists(layout.Variants))
        {
            yield break;
        }

        foreach (string path in Directory.EnumerateFiles(layout.Variants, "*", SearchOption.AllDirectories))
        {
            if (FileStatus.Find(path) is { } status)
            {
                yield return (path, status);
            }
        }
    }
}
