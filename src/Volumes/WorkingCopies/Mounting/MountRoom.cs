using Appliance.Native.Files;
using Appliance.Native.Mounts;

namespace Appliance.Volumes.WorkingCopies.Mounting;

/// <summary>
/// The directory of a task below which its working copies are mounted, and which its containers show: a mount of its own,
/// so that what is mounted there later reaches them. It is read-only, so that nothing is written beside the working
/// copies, nor in the place of one while it is exchanged.
/// </summary>
internal sealed class MountRoom
{
    private const MountFlags Open = MountFlags.NoSuid | MountFlags.NoDevices;
    private const MountFlags Closed = Open | MountFlags.ReadOnly;

    private readonly Lock gate = new();

    /// <summary>Makes the mount point, and the room if it is the first.</summary>
    public void Enter(string mountPoint)
    {
        string room = Path.GetDirectoryName(mountPoint)!;
        lock (gate)
        {
            Directory.CreateDirectory(room);
            if (FileStatus.Find(room) is { IsMountRoot: false })
            {
                Directory.CreateDirectory(mountPoint);
                FileSystemMount.Bind(room, room, Closed);
                FileSystemMount.ShareAnew(room);
            }
            else if (!Directory.Exists(mountPoint))
            {
                FileSystemMount.ChangeBind(room, Open);
                Directory.CreateDirectory(mountPoint);
                FileSystemMount.ChangeBind(room, Closed);
            }
        }
    }

    /// <summary>Removes the mount point, at which nothing is mounted, and the room with the last.</summary>
    public void Leave(string mountPoint)
    {
        string room = Path.GetDirectoryName(mountPoint)!;
        lock (gate)
        {
            if (FileStatus.Find(room) is not { IsMountRoot: true })
            {
                return;
            }

            FileSystemMount.ChangeBind(room, Open);
            if (Directory.Exists(mountPoint))
            {
                Directory.Delete(mountPoint);
            }

            if (Directory.EnumerateFileSystemEntries(room).Any())
            {
                FileSystemMount.ChangeBind(room, Closed);
                return;
            }

            FileSystemMount.DetachAll(room);
            Directory.Delete(room);
        }
    }
}
