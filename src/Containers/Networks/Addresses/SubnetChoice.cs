using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Appliance.Containers.Networks.Links;
using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Addresses;

/// <summary>
/// Picks a subnet that the host has no other use for. Instances begin their search at different places, so that two
/// that start together do not pick the same.
/// </summary>
internal static class SubnetChoice
{
    // Shorter routes are default routes in parts, as VPN clients set them.
    private const int SpecificBitsMin = 8;

    private static readonly IPNetwork[] Candidates =
    [
        .. Enumerable.Range(201, 54).Select(second => Network(10, second)),
        .. Enumerable.Range(20, 12).Select(second => Network(172, second)),
        Network(198, 18), Network(198, 19),
    ];

    /// <exception cref="ApplianceException">FailedPrecondition: all candidates are in use.</exception>
    public static IPNetwork Pick(string instance, IEnumerable<RouteRecord> routes, IEnumerable<AddressRecord> addresses)
    {
        IPNetwork[] used =
        [
            .. routes.Where(route => route.Destination.PrefixLength >= SpecificBitsMin).Select(route => route.Destination),
            .. addresses.Where(held => held.Address.AddressFamily == AddressFamily.InterNetwork).Select(held => new IPNetwork(held.Address, 32)),
        ];
        int first = SHA256.HashData(Encoding.UTF8.GetBytes(instance))[0];
        IEnumerable<IPNetwork> inOrder = Enumerable.Range(0, Candidates.Length).Select(step => Candidates[(first + step) % Candidates.Length]);
        foreach (IPNetwork candidate in inOrder)
        {
            if (!used.Any(other => Overlap(candidate, other)))
            {
                return candidate;
            }
        }

        throw new ApplianceException(
            ErrorKind.FailedPrecondition,
            "No subnet for containers: the host has routes into every one of 10.201-254.0.0/16, 172.20-31.0.0/16 and 198.18-19.0.0/16. Set a free /16 as the container subnet.");
    }

    private static bool Overlap(IPNetwork left, IPNetwork right) => left.Contains(right.BaseAddress) || right.Contains(left.BaseAddress);

    private static IPNetwork Network(int first, int second) => new(new IPAddress([(byte)first, (byte)second, 0, 0]), AddressPlan.PrefixLength);
}
