using Appliance.Containers.Networks.Capabilities;

namespace Appliance.Admin.Doctor.Checks;

/// <summary>What containers' networks need of the kernel, and what the host's firewall does to them.</summary>
public sealed class NetworkCheck(DoctorSubject subject) : IDoctorCheck
{
    private const string Networks = "container networks";
    private const string Firewall = "firewall";

    public string Name => Networks;

    public async Task<IReadOnlyList<Finding>> InspectAsync(CancellationToken cancellation)
    {
        if (!subject.IsRoot)
        {
            return [Finding.Ok(Networks, "not tried without root"), Finding.Ok(Firewall, "not looked at without root")];
        }

        IReadOnlyList<NetworkCapability> all = await Task.Run(() => NetworkCapability.Check(), cancellation);
        return
        [
            Summarize(Networks, [.. all.Where(capability => !IsFirewall(capability))]),
            Summarize(Firewall, [.. all.Where(IsFirewall)]),
        ];
    }

    private static bool IsFirewall(NetworkCapability capability) => capability.Name.StartsWith(Firewall, StringComparison.Ordinal);

    private static Finding Summarize(string name, NetworkCapability[] capabilities) =>
        capabilities.FirstOrDefault(capability => !capability.IsMet) is { } missing
            ? Finding.Warn(name, missing.What, missing.Fix!)
            : Finding.Ok(name, capabilities.Length > 0 ? string.Join("; ", capabilities.Select(capability => capability.What)) : "not looked at");
}
