using Appliance.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Volumes.Paths;

namespace Appliance.Volumes.Transfers;

/// <summary>An item whose bytes are stored, as the commit will write it.</summary>
internal sealed record StagedItem(VolumePath Path, VolumeEntryKind Kind, int Mode, DateTimeOffset ModifiedAt)
{
    public FileContent Content { get; init; } = FileContent.Empty;

    public string? Target { get; init; }

    public VolumePath? TwinOf { get; init; }

    public static StagedItem Of(TreeItem item, VolumePath to) => new(item.Path.Moved(VolumePath.Root, to), item.Kind, item.Mode, item.ModifiedAt)
    {
        Target = item.Target,
        TwinOf = item.TwinOf?.Moved(VolumePath.Root, to),
    };
}
