using Appliance.Native.Files;

namespace Appliance.Volumes.WorkingCopies.Changes;

/// <summary>What a name among the changes was when it was committed. The numbers are stored.</summary>
internal enum CommittedKind : byte
{
    File = 1,
    Link = 2,
    Directory = 3,

    /// <summary>A directory that hides what lower layers have in its place.</summary>
    OpaqueDirectory = 4,

    /// <summary>Something was removed there.</summary>
    Whiteout = 5,

    /// <summary>What no volume holds: a device, a pipe or a socket.</summary>
    Special = 6,
}

/// <summary>What a name among the changes was when it was committed: enough to tell whether it has changed since.</summary>
internal readonly record struct CommittedEntry(CommittedKind Kind, ulong Inode, long SizeBytes, long ChangedAtTicks, int Mode)
{
    // Whiteouts share an inode, of which every new one changes the time.
    public static CommittedEntry Whiteout { get; } = new(CommittedKind.Whiteout, 0, 0, 0, 0);

    public bool IsDirectory => Kind is CommittedKind.Directory or CommittedKind.OpaqueDirectory;

    /// <summary>Whether the volume has it: the container saw it there, or put it there.</summary>
    public bool IsInVolume => Kind is not (CommittedKind.Whiteout or CommittedKind.Special);

    public static CommittedEntry Of(FileStatus status) => new(
        status.Kind switch
        {
            FileKind.File => CommittedKind.File,
            FileKind.SymbolicLink => CommittedKind.Link,
            _ => CommittedKind.Special,
        },
        status.Inode,
        status.SizeBytes,
        status.ChangedAt.UtcTicks,
        status.Mode);

    // A directory's times change with what is in it, which is looked at anyway.
    public static CommittedEntry OfDirectory(FileStatus status, bool isOpaque) =>
        new(isOpaque ? CommittedKind.OpaqueDirectory : CommittedKind.Directory, status.Inode, 0, 0, status.Mode);
}
