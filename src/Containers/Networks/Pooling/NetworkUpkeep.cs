using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Isolation;
using Microsoft.Extensions.Logging;

namespace Appliance.Containers.Networks.Pooling;

/// <summary>Keeps the host's side as it should be while others change the host's network, too.</summary>
internal sealed class NetworkUpkeep(NetworkSweep sweep, HostForwarding forwarding, AddressPlan addresses, PolicyEnforcement? enforcement, ILogger logger)
{
    private readonly ContainerFirewall? firewall = enforcement?.Firewall;

    /// <param name="isUsed">Tells the slots whose networks are to be spared.</param>
    /// <param name="networks">Those that the packet filter must know.</param>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public void Run(Func<int, bool> isUsed, IReadOnlyList<ContainerNetwork> networks)
    {
        if (firewall?.Restore() == true)
        {
            NetworkLog.Restored(logger, networks.Count);
            foreach (ContainerNetwork network in networks.Where(network => network.Address is not null))
            {
                firewall.Apply(network.Slot, network.Policy);
            }
        }

        IReadOnlyList<int> swept = sweep.Run(isUsed);
        if (swept.Count > 0)
        {
            NetworkLog.Swept(logger, swept.Count);
        }

        enforcement?.ForgetEnded(swept.Select(addresses.At));
        Forward();
    }

    /// <summary>Removes every network, used or not.</summary>
    public void RemoveAll()
    {
        sweep.Run(isUsed: _ => false);
        forwarding.Restore();
    }

    // Containers work without a way out, so a host that does not let us is no reason to give up.
    private void Forward()
    {
        try
        {
            if (firewall is not null)
            {
                firewall.SetGuard(forwarding.Ensure());
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            NetworkLog.NotForwarding(logger, failure.Message);
        }
    }
}
