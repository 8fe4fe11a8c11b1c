using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Engine.Gpus;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Snapshots;

/// <summary>What making a sandbox left in its root file system: no change of the sandbox's own.</summary>
internal static class SandboxTraces
{
    private static readonly string[] Always =
        [GuestPrograms.MountPoint, SandboxVolumes.Room, "/etc/hosts", "/etc/resolv.conf", "/etc/hostname"];

    /// <param name="changes">What the sandbox changed, or a copy of it.</param>
    /// <param name="definition">What it was asked to be.</param>
    /// <param name="directory">What it left on the disk.</param>
    public static void Remove(string changes, SandboxDefinition definition, TaskDirectory directory) => MountTraces.Remove(
        changes, [.. Always, .. definition.Volumes.Select(volume => volume.MountPath), .. TaskGpus.MountsOf(directory)]);
}
