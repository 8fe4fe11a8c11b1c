using Appliance.Admin.Doctor.Checks;

namespace Appliance.Admin.Doctor;

/// <summary>Runs all checks, one after the other, so that none disturbs another's measurement.</summary>
public sealed class MachineDoctor(IReadOnlyList<IDoctorCheck> checks)
{
    public static MachineDoctor For(DoctorSubject subject) => new(
    [
        new PrivilegeCheck(subject), new KernelCheck(subject), new CgroupCheck(subject), new OverlayCheck(subject),
        new UserNamespaceCheck(subject), new ShimCheck(subject), new SandboxRuntimeCheck(subject), new NetworkCheck(subject),
        new GpuCheck(subject), new DiskSpaceCheck(subject), new DiskLatencyCheck(subject, TimeProvider.System), new OpenFilesCheck(subject),
        new PortsCheck(subject), new LeftoverCheck(subject), new ClockCheck(),
    ]);

    public async Task<DoctorReport> InspectAsync(CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        foreach (IDoctorCheck check in checks)
        {
            findings.AddRange(await InspectAsync(check, cancellation));
        }

        return new DoctorReport(findings.TrueForAll(finding => finding.State != FindingState.Bad), findings);
    }

    // One check that fails in an unforeseen way must not hide what the others find.
    private static async Task<IReadOnlyList<Finding>> InspectAsync(IDoctorCheck check, CancellationToken cancellation)
    {
        try
        {
            return await check.InspectAsync(cancellation);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            return [Finding.Warn(check.Name, $"could not be checked: {cause.Message}", "Check it by hand; please report this message.")];
        }
    }
}
