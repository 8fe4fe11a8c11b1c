namespace Appliance.Metadata.Volumes;

/// <summary>What an entry is. The numbers are stored, and are those of the protocol's FileType.</summary>
public enum VolumeEntryKind
{
    File = 1,
    Directory = 2,
    SymbolicLink = 3,
}
