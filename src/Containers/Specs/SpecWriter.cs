using System.Text.Json;
using Appliance.Native.Processes;

namespace Appliance.Containers.Specs;

/// <summary>Says in OCI's words what a container is to be.</summary>
internal static class SpecWriter
{
    private const string OciVersion = "1.0.2";
    private const ulong CpuPeriodUs = 100_000;

    /// <param name="spec">What is wanted.</param>
    /// <param name="cgroup">The container's control group, from the hierarchy's root.</param>
    public static byte[] Write(ContainerSpec spec, string cgroup) =>
        JsonSerializer.SerializeToUtf8Bytes(ToOci(spec, cgroup), RuntimeSpecJson.Default.OciSpec);

    public static byte[] Write(ProcessSpec process, ResourceLimits limits) =>
        JsonSerializer.SerializeToUtf8Bytes(ToOci(process, limits), RuntimeSpecJson.Default.OciProcess);

    /// <summary>What the first process of a written container is.</summary>
    public static ProcessSpec ReadProcess(byte[] written)
    {
        OciProcess process = JsonSerializer.Deserialize(written, RuntimeSpecJson.Default.OciSpec)!.Process;
        return new ProcessSpec
        {
            Arguments = process.Args,
            Environment = process.Env,
            WorkingDirectory = process.Cwd,
            UserId = process.User.Uid,
            GroupId = process.User.Gid,
            AdditionalGroups = process.User.AdditionalGids ?? [],
            CanMakeNodes = Capabilities.CanMakeNodes(process.Capabilities),
        };
    }

    private static OciSpec ToOci(ContainerSpec spec, string cgroup) => new(
        OciVersion,
        ToOci(spec.Process, spec.Limits),
        new OciRoot("rootfs", Readonly: false),
        spec.Hostname,
        [.. spec.Runtime == ContainerSpec.Gvisor ? StandardMounts.UnderGvisor : StandardMounts.All, .. spec.Mounts.Select(ToOci)],
        new OciLinux(
            [
                new OciNamespace("pid"),
                new OciNamespace("ipc"),
                new OciNamespace("uts"),
                new OciNamespace("mount"),
                new OciNamespace("network", spec.NetworkNamespace),
            ],
            cgroup,
            ToOci(spec.Limits, spec.Devices),
            DeviceRules.NodesOf(spec.Devices),
            KernelPaths.Masked,
            KernelPaths.ReadOnly,
            SeccompProfile.Default,
            // Mounts made on the machine later must reach the container where a mount asks for it.
            RootfsPropagation: "rslave"),
        Hooks: HookList.For(spec.Hooks));

    private static OciProcess ToOci(ProcessSpec process, ResourceLimits limits) => new(
        process.Terminal is not null,
        process.Terminal is { } size ? new OciConsoleSize(size.Rows, size.Columns) : null,
        new OciUser(process.UserId, process.GroupId, process.AdditionalGroups),
        process.Arguments,
        process.Environment,
        process.WorkingDirectory,
        Capabilities.For(process.UserId, process.CanMakeNodes),
        [
            new OciRlimit("RLIMIT_NOFILE", OpenFiles(limits), OpenFiles(limits)),
            new OciRlimit("RLIMIT_CORE", 0, 0),
        ],
        NoNewPrivileges: true);

    /// <summary>No more than the appliance itself may have: raising that can be forbidden.</summary>
    private static ulong OpenFiles(ResourceLimits limits) => Math.Min(limits.OpenFiles, ProcessLimits.OpenFilesMax);

    private static OciMount ToOci(ContainerMount mount) => new(
        mount.Target,
        "bind",
        mount.Source,
        [mount.FollowsMachine ? "rbind" : "bind", mount.FollowsMachine ? "rslave" : "rprivate", mount.IsReadOnly ? "ro" : "rw"]);

    private static OciResources ToOci(ResourceLimits limits, IReadOnlyList<ContainerDevice> devices) => new(
        DeviceRules.For(devices),
        limits.MemoryBytes is { } memory ? new OciMemory(memory, memory, null) : null,
        ToOciCpu(limits),
        new OciPids(limits.Processes));

    private static OciCpu? ToOciCpu(ResourceLimits limits)
    {
        ulong? shares = limits.CpuRequestMilli is { } request ? Math.Max(2, request * 1024UL / 1000) : null;
        long? quota = limits.CpuLimitMilli is { } most ? Math.Max(1000, most * (long)CpuPeriodUs / 1000) : null;
        return shares is null && quota is null ? null : new OciCpu(shares, quota, quota is null ? null : CpuPeriodUs);
    }
}
