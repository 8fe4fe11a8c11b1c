using System.Runtime.CompilerServices;
using Appliance.Contents;
using Appliance.Core.Progress;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Transfers;

/// <summary>One version of a volume, or a directory or file of it. Bytes are compared with their digests while they are read.</summary>
public sealed class VolumeSource(MetadataStore store, ContentStore contents, VersionPin pin, VolumePath from) : ITreeSource
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<TreeItem> ReadAsync(
        TransferProgress progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        foreach (VolumeEntryRecord entry in Walk())
        {
            cancellation.ThrowIfCancellationRequested();
            VolumePath path = VolumePath.Of(entry);
            yield return new TreeItem(path == from ? VolumePath.Root.Child(path.Name) : path.Moved(from, VolumePath.Root), entry.Kind, entry.Mode, entry.ModifiedAt)
            {
                SizeBytes = entry.SizeBytes,
                Target = entry.Target,
                Open = () => contents.OpenChecked(VolumeEntry.ContentOf(entry)),
            };
        }
    }

    /// <summary>A directory, then all it holds, then what is beside it: unpacking programs set a directory's time when they leave it.</summary>
    private IEnumerable<VolumeEntryRecord> Walk()
    {
        var levels = new Stack<IEnumerator<VolumeEntryRecord>>([List(from)]);
        while (levels.TryPeek(out IEnumerator<VolumeEntryRecord>? level))
        {
            if (!level.MoveNext())
            {
                levels.Pop().Dispose();
                continue;
            }

            VolumeEntryRecord entry = level.Current;
            yield return entry;
            if (entry.Kind == VolumeEntryKind.Directory)
            {
                levels.Push(List(VolumePath.Of(entry)));
            }
        }
    }

    private IEnumerator<VolumeEntryRecord> List(VolumePath path) =>
        new VolumeReader(store).List(pin, path, isRecursive: false).SelectMany(page => page).GetEnumerator();
}
