using Appliance.Volumes.Paths;

namespace Appliance.Volumes.WorkingCopies;

/// <summary>A volume as a container is to see it.</summary>
/// <param name="Id">Tells it from all others, also after a restart: for example the task's id and a number.</param>
/// <param name="VolumeId">Of a volume or network file system that the container's owner may use.</param>
/// <param name="SubPath">The directory of the volume to show, made if it is not there; the root for all of it.</param>
/// <param name="IsReadOnly">Whether writing fails with EROFS.</param>
/// <param name="Directory">A directory of its own, for the changes, on a disk that overlayfs can use.</param>
/// <param name="MountPoint">
/// Where it is mounted. The directory above it is the task's room: bring that into the container, with mounts made later
/// (rbind, rslave), and all working copies of the task show there, under the last names of their mount points.
/// </param>
public sealed record WorkingCopyRequest(
    string Id, string VolumeId, VolumePath SubPath, bool IsReadOnly, string Directory, string MountPoint);
