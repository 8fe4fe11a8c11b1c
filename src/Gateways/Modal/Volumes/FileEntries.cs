using Appliance.Metadata.Volumes;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Volumes;

/// <summary>Words entries of volumes as this protocol does; paths are relative to the volume's root.</summary>
internal static class FileEntries
{
    public static FileEntry Describe(VolumeEntryRecord entry) => new()
    {
        Path = entry.Path,
        Type = (FileEntry.Types.FileType)entry.Kind,
        Mtime = (ulong)Math.Max(0, entry.ModifiedAt.ToUnixTimeSeconds()),
        Size = (ulong)entry.SizeBytes,
    };
}
