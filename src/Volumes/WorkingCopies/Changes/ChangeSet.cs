using Appliance.Native.Files;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>Something that a container made or changed.</summary>
/// <param name="Path">Below the directory that is shown.</param>
/// <param name="Status">As it was when it was found.</param>
internal readonly record struct ChangedEntry(string Path, FileStatus Status);

/// <summary>Something that a container removed: what it saw there, and nothing that others have put there since.</summary>
/// <param name="Path">Below the directory that is shown.</param>
/// <param name="IncludesItself">Otherwise only what is below it.</param>
internal readonly record struct SeenRemoval(string Path, bool IncludesItself);

/// <summary>What has changed since the last commit.</summary>
internal sealed class ChangeSet
{
    public List<SeenRemoval> Removals { get; } = [];

    /// <summary>Directories, files and links, a directory always before what it holds.</summary>
    public List<ChangedEntry> Puts { get; } = [];

    public HashSet<string> PutPaths { get; } = [];

    /// <summary>What will be in the volume once this is committed; files and links are added when they are read.</summary>
    public CommittedEntries After { get; } = new();

    /// <summary>What no volume can hold, and why.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Whether the container has something there now that a volume can hold.</summary>
    public bool Holds(string path) => PutPaths.Contains(path) || (After.TryGet(path, out CommittedEntry entry) && entry.IsInVolume);

    public void Put(string path, FileStatus status)
    {
        Puts.Add(new ChangedEntry(path, status));
        PutPaths.Add(path);
    }

    public bool IsEmpty => Removals.Count == 0 && Puts.Count == 0;
}
