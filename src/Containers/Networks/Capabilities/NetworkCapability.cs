using Appliance.Containers.Networks.Namespaces;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Capabilities;

/// <summary>One thing that containers' networks need of the host.</summary>
/// <param name="Name">Stable word for scripts.</param>
/// <param name="What">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing is to be done.</param>
public sealed record NetworkCapability(string Name, string What, string? Fix)
{
    public bool IsMet => Fix is null;

    /// <summary>
    /// Tries everything in a namespace that is thrown away, and looks at what of the host's own firewall stands in the
    /// way. Changes nothing on the host.
    /// </summary>
    /// <param name="hostNamespacePath">The network namespace that is the host's; null for the process's own.</param>
    public static IReadOnlyList<NetworkCapability> Check(string? hostNamespacePath = null)
    {
        NetworkCapability[] tried = [.. CapabilityTrial.Run()];
        if (tried.Any(capability => !capability.IsMet))
        {
            return tried;
        }

        try
        {
            using var host = new HostStack(hostNamespacePath);
            return [.. tried, .. HostFirewall.Inspect(host)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ApplianceException)
        {
            return [.. tried, new NetworkCapability("firewall", $"the host's firewall cannot be looked at: {failure.Message}", "Run as root.")];
        }
    }
}
