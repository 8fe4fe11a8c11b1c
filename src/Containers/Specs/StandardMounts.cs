namespace Appliance.Containers.Specs;

/// <summary>The file systems that every container has.</summary>
internal static class StandardMounts
{
    private const string SharedMemorySize = "size=50%";

    public static readonly IReadOnlyList<OciMount> All =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/dev/shm", "tmpfs", "shm", ["nosuid", "nodev", "mode=1777", SharedMemorySize]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ];

    /// <summary>Under gVisor, which knows no size in percent; the container's memory limit counts there, too.</summary>
    public static readonly IReadOnlyList<OciMount> UnderGvisor =
        [.. All.Select(mount => mount with { Options = [.. mount.Options.Where(option => option != SharedMemorySize)] })];
}
