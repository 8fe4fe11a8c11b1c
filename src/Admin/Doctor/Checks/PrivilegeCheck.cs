namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether the process may make containers at all.</summary>
public sealed class PrivilegeCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "privileges";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Finding>>(
    [
        subject.IsRoot
            ? Finding.Ok(Name, "root")
            : Finding.Bad(
                Name,
                $"user '{Environment.UserName}': containers, mounts and cgroups need root",
                "Run 'sudo appliance doctor' and 'sudo appliance serve', or 'sudo appliance install' for a service."),
    ]);
}
