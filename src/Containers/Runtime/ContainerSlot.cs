using Appliance.Containers.Gvisor;
using Appliance.Containers.Shims;
using Appliance.Containers.Usage;

namespace Appliance.Containers.Runtime;

/// <summary>A bundle with a shim that waits for a container to run in it.</summary>
internal sealed class ContainerSlot(string bundle, ShimClient shim)
{
    public string Bundle => bundle;

    public ShimClient Shim => shim;

    public string RootFilesystem => RootOf(bundle);

    /// <summary>Where the OCI runtime looks what the container is to be.</summary>
    public string ConfigFile => Path.Combine(bundle, "config.json");

    public string Cgroup { get; set; } = "";

    /// <summary>Null for a container of runc.</summary>
    public GvisorContainer? Gvisor { get; set; }

    public static string RootOf(string bundle) => Path.Combine(bundle, "rootfs");

    /// <summary>Holds the id of the container that runs here, once there is one.</summary>
    public static string OwnerFile(string bundle) => Path.Combine(bundle, "container");

    /// <summary>Null when the container is gone.</summary>
    public CgroupCounters? ReadCounters() => CgroupCounters.TryRead(Cgroup, CgroupEvents.Root, CgroupEvents.IsUnified);

    /// <summary>The OCI runtime of the container that runs, or ran, here, as its shim noted it; null before there was one.</summary>
    public static string? RuntimeOf(string bundle)
    {
        string file = Path.Combine(bundle, "runtime");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    public bool WasOutOfMemory() => CgroupEvents.CountOutOfMemory(Cgroup) > 0;
}
