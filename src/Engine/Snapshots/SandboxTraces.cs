using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Snapshots;

/// <summary>What making a sandbox left in its root file system: no change of the sandbox's own.</summary>
internal static class SandboxTraces
{
    private static readonly string[] Always =
        [GuestPrograms.MountPoint, SandboxVolumes.Room, "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"];

    public static void Remove(string changes, SandboxDefinition definition) =>
        MountTraces.Remove(changes, [.. Always, .. definition.Volumes.Select(volume => volume.MountPath)]);
}
