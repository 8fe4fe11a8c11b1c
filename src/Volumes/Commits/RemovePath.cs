using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Commits;

/// <summary>The steps that remove a file, or a directory with all it holds.</summary>
public static class RemovePath
{
    private const int PageLength = 200;

    /// <exception cref="ApplianceException">
    /// NotFound. InvalidArgument: the root. FailedPrecondition: a directory that is not empty, and not recursive.
    /// </exception>
    public static IEnumerable<CommitStep> Steps(CommitScope scope, VolumePath path, bool isRecursive)
    {
        if (path.IsRoot && !isRecursive)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "The root of a volume cannot be removed without 'recursive'.");
        }

        VolumeEntryRecord? entry = VolumeReader.Find(scope.Write, scope.Before, path);
        if (entry is null && !path.IsRoot)
        {
            throw VolumeReader.NotThere(path);
        }

        bool isDirectory = path.IsRoot || entry!.Kind == VolumeEntryKind.Directory;
        if (isDirectory && !isRecursive && VolumeEntries.HasChildren(scope.Write, scope.Before.Key, scope.Before.Head, path.Text))
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{path}' is a directory that is not empty: remove it with 'recursive'.");
        }

        if (isDirectory)
        {
            foreach (VolumeEntryRecord below in TreeWalk.Below(scope, path, PageLength))
            {
                scope.Remove(VolumePath.Of(below));
                yield return default;
            }
        }

        if (!path.IsRoot)
        {
            scope.Remove(path);
            yield return default;
        }
    }
}
