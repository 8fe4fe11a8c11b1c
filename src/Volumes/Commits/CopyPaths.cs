using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;

namespace Appliance.Volumes.Commits;

/// <summary>The steps that copy files or directories as the Unix command <c>cp</c> would. No byte is copied.</summary>
public static class CopyPaths
{
    private const int PageLength = 200;

    /// <exception cref="ApplianceException">
    /// NotFound: a source. FailedPrecondition: a directory without recursive; several sources and no directory to put them
    /// in; a directory into itself; a file over a directory or the other way round.
    /// </exception>
    public static IEnumerable<CommitStep> Steps(CommitScope scope, IReadOnlyList<VolumePath> sources, VolumePath target, bool isRecursive)
    {
        bool isIntoDirectory = target.IsRoot || scope.FindNow(target) is { Kind: VolumeEntryKind.Directory };
        if (sources.Count != 1 && !isIntoDirectory)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"'{target}' is no directory, so {sources.Count} sources cannot be copied into it.");
        }

        foreach (VolumePath source in sources)
        {
            VolumePath to = isIntoDirectory && !source.IsRoot ? target.Child(source.Name) : target;
            foreach (CommitStep step in CopyOne(scope, source, to, isRecursive))
            {
                yield return step;
            }
        }
    }

    private static IEnumerable<CommitStep> CopyOne(CommitScope scope, VolumePath source, VolumePath target, bool isRecursive)
    {
        VolumeEntryRecord? entry = VolumeReader.Find(scope.Write, scope.Before, source);
        if (entry is null && !source.IsRoot)
        {
            throw VolumeReader.NotThere(source);
        }

        if (source == target)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{source}' and '{target}' are the same file.");
        }

        if (entry is { Kind: not VolumeEntryKind.Directory })
        {
            scope.PutCopy(target, entry);
            yield return default;
            yield break;
        }

        Check(source, target, isRecursive);
        scope.EnsureDirectory(target);
        foreach (VolumeEntryRecord below in TreeWalk.Below(scope, source, PageLength))
        {
            scope.PutCopy(VolumePath.Of(below).Moved(source, target), below);
            yield return default;
        }
    }

    private static void Check(VolumePath source, VolumePath target, bool isRecursive)
    {
        if (!isRecursive)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{source}' is a directory: copy it with 'recursive'.");
        }

        if (target.IsWithin(source))
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{source}' cannot be copied into itself, '{target}'.");
        }
    }
}
