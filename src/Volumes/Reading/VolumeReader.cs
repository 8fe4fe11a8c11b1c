using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Reading;

/// <summary>Looks into one version of a volume, in pages: memory stays flat however large it is.</summary>
public sealed class VolumeReader(MetadataStore store)
{
    private const int PageLength = 500;

    /// <summary>The entry at a path; null when there is none, and for the root, which is none.</summary>
    public static VolumeEntryRecord? Find(ReadTransaction read, VolumeRecord volume, VolumePath path) => path.IsRoot
        ? null
        : VolumeEntries.Find(read, volume.Key, volume.Head, path.Parent.Text, path.Name);

    /// <summary>The file at a path.</summary>
    /// <exception cref="ApplianceException">NotFound. FailedPrecondition: it is not a file.</exception>
    public static VolumeEntryRecord GetFile(ReadTransaction read, VolumeRecord volume, VolumePath path)
    {
        VolumeEntryRecord? found = Find(read, volume, path);
        if (found is null && !path.IsRoot)
        {
            throw NotThere(path);
        }

        return found is { Kind: VolumeEntryKind.File }
            ? found
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{path}' is a directory or link, not a file.");
    }

    /// <summary>
    /// A file's own entry, or what is in a directory, and below it if asked for: a directory always before what it holds.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound, with the first page.</exception>
    public IEnumerable<List<VolumeEntryRecord>> List(VersionPin pin, VolumePath path, bool isRecursive)
    {
        VolumeRecord volume = pin.Volume;
        VolumeEntryRecord? entry = store.Read(read => Find(read, volume, path));
        if (entry is null && !path.IsRoot)
        {
            throw NotThere(path);
        }

        if (entry is { Kind: not VolumeEntryKind.Directory })
        {
            yield return [entry];
            yield break;
        }

        foreach (List<VolumeEntryRecord> page in Pages(after => store.Read(read =>
            VolumeEntries.ListDirectory(read, volume.Key, volume.Head, path.Text, after?.Name ?? "", PageLength))))
        {
            yield return page;
        }

        if (!isRecursive)
        {
            yield break;
        }

        foreach (List<VolumeEntryRecord> page in Pages(after => store.Read(read =>
            VolumeEntries.ListBelow(read, volume.Key, volume.Head, path.Text, after, PageLength))))
        {
            yield return page;
        }
    }

    internal static ApplianceException NotThere(VolumePath path) => new(ErrorKind.NotFound, $"No such file or directory: '{path}'.");

    private static IEnumerable<List<VolumeEntryRecord>> Pages(Func<VolumeEntryRecord?, List<VolumeEntryRecord>> read)
    {
        VolumeEntryRecord? last = null;
        while (read(last) is { Count: > 0 } page)
        {
            yield return page;
            if (page.Count < PageLength)
            {
                yield break;
            }

            last = page[^1];
        }
    }
}
