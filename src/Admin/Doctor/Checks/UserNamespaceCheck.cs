using Appliance.Admin.Programs;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Makes a user namespace. A container without one works, with root inside being root outside.</summary>
public sealed class UserNamespaceCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "user namespaces";

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        const string Fix = "Set 'sysctl user.max_user_namespaces=15000', and 'kernel.apparmor_restrict_unprivileged_userns=0' on Ubuntu.";
        if (subject.Files.Read("proc/sys/user/max_user_namespaces") is null or "0")
        {
            return [Finding.Warn(Name, "switched off in the kernel", Fix)];
        }

        // A process with threads cannot try it on itself.
        if (subject.Programs.Find("unshare") is not { } unshare)
        {
            return [Finding.Ok(Name, "switched on; not tried, since 'unshare' is not installed")];
        }

        ProgramAnswer? answer = await subject.Programs.AskAsync(unshare, ["--user", "--map-root-user", "true"], cancellation);
        return [answer is { Status: 0 } ? Finding.Ok(Name, "made one") : Finding.Warn(Name, $"cannot be made: {answer?.FirstLine ?? "no answer"}", Fix)];
    }
}
