using Appliance.Containers.Removal;
using Appliance.Containers.Runtime;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether appliances that are gone left containers, networks or mounts on the machine.</summary>
public sealed class LeftoverCheck(DoctorSubject subject) : IDoctorCheck
{
    public string Name => "leftovers";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        IReadOnlyList<RunDirectory> stale = subject.IsRoot ? StaleRuns.Find(subject.Files.PathOf(RunDirectory.DefaultParent.TrimStart('/')), TimeProvider.System) : [];
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            stale.Count == 0
                ? Finding.Ok(Name, "none of appliances that are gone")
                : Finding.Warn(
                    Name,
                    $"{stale.Count} in '{RunDirectory.DefaultParent}' of appliances whose data directories are gone ({string.Join(", ", stale.Take(3).Select(run => run.DataDirectory ?? run.Instance))} …)",
                    "'appliance serve' removes them when it starts, 'appliance uninstall' does, too."),
        ]);
    }
}
