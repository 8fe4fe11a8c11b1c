namespace Appliance.Admin.Doctor;

/// <summary>
/// Looks at one side of the machine by trying what the appliance will do there, rather than by reading what a
/// configuration promises. Leaves nothing behind.
/// </summary>
public interface IDoctorCheck
{
    /// <summary>Name of the finding when the check itself fails.</summary>
    string Name { get; }

    Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation);
}
