namespace Appliance.Admin.Doctor.Checks;

/// <summary>Makes and removes a cgroup where containers would get theirs, in the unified hierarchy or the old ones.</summary>
public sealed class CgroupCheck(DoctorSubject subject) : IDoctorCheck
{
    private const string Root = "sys/fs/cgroup";

    private static readonly string[] Controllers = ["cpu", "memory", "pids"];

    public string Name => "cgroups";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Finding>>([Inspect()]);

    private Finding Inspect()
    {
        bool isUnified = subject.Files.Exists($"{Root}/cgroup.controllers");
        string[] present = isUnified
            ? subject.Files.Read($"{Root}/cgroup.controllers")!.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : [.. Controllers.Where(controller => subject.Files.Exists($"{Root}/{controller}"))];
        string version = isUnified ? "version 2" : "version 1";
        if (present.Length == 0)
        {
            return Finding.Bad(Name, $"none mounted below /{Root}", "Mount them: 'mount -t cgroup2 none /sys/fs/cgroup', or boot with systemd.");
        }

        string[] missing = [.. Controllers.Except(present)];
        if (missing.Length > 0)
        {
            return Finding.Bad(
                Name, $"{version} without {string.Join(", ", missing)}: limits cannot be set",
                "Enable them on the kernel command line ('cgroup_enable=memory'), or in the parent's cgroup.subtree_control.");
        }

        if (!subject.IsRoot)
        {
            return Finding.Warn(Name, $"{version}, not tried without root", "Run 'sudo appliance doctor'.");
        }

        return TryCreate(isUnified) is { } fault
            ? Finding.Bad(Name, $"{version}, but a group cannot be made: {fault}", "Is it mounted read-only, as in a container? Run on the host, or give the container its own writable cgroup.")
            : Finding.Ok(Name, $"{version}; made one with {string.Join(", ", Controllers)}");
    }

    private string? TryCreate(bool isUnified)
    {
        string name = $"appliance-doctor-{Environment.ProcessId}";
        IEnumerable<string> parents = isUnified ? [Root] : Controllers.Select(controller => $"{Root}/{controller}");
        foreach (string path in parents.Select(parent => subject.Files.PathOf($"{parent}/{name}")))
        {
            try
            {
                Directory.CreateDirectory(path);
                Directory.Delete(path);
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
            {
                return cause.Message;
            }
        }

        return null;
    }
}
