namespace Appliance.Admin.Doctor.Checks;

/// <summary>Age of the kernel, and the features that containers need of it.</summary>
public sealed class KernelCheck(DoctorSubject subject) : IDoctorCheck
{
    /// <summary>pidfd_open, clone3 and cgroup freezing came with it.</summary>
    private static readonly Version Oldest = new(5, 4);

    /// <summary>From here on overlay mounts, id-mapped mounts and new mount calls are all there.</summary>
    private static readonly Version Recommended = new(5, 12);

    public string Name => "kernel";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        string release = subject.Files.Read("proc/sys/kernel/osrelease") ?? "unknown";
        List<Finding> findings = [OfRelease(release)];
        string seccomp = subject.Files.Read("proc/sys/kernel/seccomp/actions_avail") ?? "";
        findings.Add(seccomp.Contains("errno", StringComparison.Ordinal)
            ? Finding.Ok("seccomp", "filters available")
            : Finding.Warn("seccomp", "no system call filters: containers would run unfiltered", "Use a kernel built with CONFIG_SECCOMP_FILTER."));
        return Task.FromResult<IReadOnlyList<Finding>>(findings);
    }

    private Finding OfRelease(string release)
    {
        string numbers = new([.. release.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.')]);
        if (!Version.TryParse(numbers.TrimEnd('.'), out Version? version))
        {
            return Finding.Warn(Name, $"release '{release}' is not understood", $"Use Linux {Recommended} or newer.");
        }

        return version switch
        {
            _ when version < Oldest => Finding.Bad(Name, $"{release} is too old", $"Use Linux {Recommended} or newer, at least {Oldest}."),
            _ when version < Recommended => Finding.Warn(Name, $"{release} is old; some isolation features are missing", $"Use Linux {Recommended} or newer."),
            _ => Finding.Ok(Name, release),
        };
    }
}
