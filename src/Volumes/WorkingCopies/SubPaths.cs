using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>Makes the directories of volumes that containers are to see.</summary>
internal sealed class SubPaths(MetadataStore store, VolumeCommitter committer)
{
    /// <exception cref="ApplianceException">NotFound: the volume. FailedPrecondition: a file is in the way.</exception>
    public async Task EnsureAsync(string volumeId, VolumePath path, CancellationToken cancellation)
    {
        bool isThere = store.Read(read => VolumeCatalog.Get(read, volumeId) is var volume
            && (path.IsRoot || VolumeReader.Find(read, volume, path) is { Kind: VolumeEntryKind.Directory }));
        if (!isThere)
        {
            await committer.CommitAsync(volumeId, scope => Steps(scope, path), _ => { }, cancellation).ConfigureAwait(false);
        }
    }

    private static IEnumerable<CommitStep> Steps(CommitScope scope, VolumePath path)
    {
        scope.EnsureDirectory(path);
        yield return default;
    }
}
