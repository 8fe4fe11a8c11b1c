namespace Appliance.Volumes.WorkingCopies;

/// <summary>What a commit of a container's changes did.</summary>
/// <param name="Version">The version it made; null when there was nothing to commit.</param>
/// <param name="Entries">How many files, links and directories it set.</param>
/// <param name="Removals">How many were removed, a directory with all it held counting once.</param>
/// <param name="Bytes">The lengths of the files it set.</param>
/// <param name="Deferred">Files that changed all the time while they were read. The next commit takes them.</param>
/// <param name="Skipped">What no volume can hold, and why: devices, pipes, sockets, names that are not UTF-8.</param>
public sealed record WorkingCopyCommit(
    long? Version, int Entries, int Removals, long Bytes, IReadOnlyList<string> Deferred, IReadOnlyList<string> Skipped)
{
    public static WorkingCopyCommit Nothing { get; } = new(null, 0, 0, 0, [], []);
}
