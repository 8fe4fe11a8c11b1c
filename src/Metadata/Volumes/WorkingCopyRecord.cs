namespace Appliance.Metadata.Volumes;

/// <summary>A volume as one container sees it.</summary>
/// <param name="Id">Chosen by whoever opened it.</param>
/// <param name="VolumeId">Of which volume.</param>
/// <param name="SubPath">Which directory of it; empty for the root.</param>
/// <param name="IsReadOnly">Whether the container cannot write to it.</param>
/// <param name="Directory">Where its changes are kept.</param>
/// <param name="MountPoint">Where it is mounted on the machine.</param>
/// <param name="BootId">The boot of the machine in which it was opened.</param>
/// <param name="CommitNumber">How often it was committed: names the list of what was.</param>
/// <param name="Shown">What is mounted.</param>
public sealed record WorkingCopyRecord(
    string Id,
    string VolumeId,
    string SubPath,
    bool IsReadOnly,
    string Directory,
    string MountPoint,
    string BootId,
    long CommitNumber,
    ShownVersion Shown);

/// <summary>A version of a volume below a container's changes.</summary>
/// <param name="Generation">Counts the versions that were shown: names the directory of the changes.</param>
/// <param name="Version">The volume's version.</param>
/// <param name="Layers">The numbers of the layers that make it up, the uppermost first.</param>
public sealed record ShownVersion(long Generation, long Version, IReadOnlyList<long> Layers);
