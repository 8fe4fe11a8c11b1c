using Appliance.Native.Clocks;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>Whether anything keeps the clock right: certificates, tokens and schedules go by it.</summary>
public sealed class ClockCheck : IDoctorCheck
{
    private const string Fix = "Run a time service ('timedatectl set-ntp true', or chrony with a local source on a network without internet).";

    public string Name => "clock";

    public Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        ClockDiscipline clock = ClockDiscipline.Read();
        return Task.FromResult<IReadOnlyList<Finding>>(
        [
            clock.IsSynchronized
                ? Finding.Ok(Name, $"synchronized, off by {clock.ErrorMax.TotalMilliseconds:F0} ms at most")
                : Finding.Warn(Name, "not synchronized: certificates, token expiry and schedules go by it", Fix),
        ]);
    }
}
