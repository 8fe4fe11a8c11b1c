using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers;

/// <summary>A file, directory or link on its way into a volume or out of one.</summary>
/// <param name="Path">Where, below the directory that is moved.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="ModifiedAt">In whole microseconds, as they are stored.</param>
public sealed record TreeItem(VolumePath Path, VolumeEntryKind Kind, int Mode, DateTimeOffset ModifiedAt)
{
    public const int AllPermissions = 0x1FF;

    /// <summary>The length of a file.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Where a symbolic link points.</summary>
    public string? Target { get; init; }

    /// <summary>Of which earlier file this is one more name; null for everything else.</summary>
    public VolumePath? TwinOf { get; init; }

    /// <summary>Opens a file's bytes.</summary>
    public Func<Stream> Open { get; init; } = () => Stream.Null;

    /// <summary>Whether the bytes are gone once the next item is asked for.</summary>
    public bool IsFleeting { get; init; }

    public static DateTimeOffset ToStored(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));
}
