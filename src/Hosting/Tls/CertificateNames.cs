using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography.X509Certificates;

namespace Appliance.Hosting.Tls;

/// <summary>Every name and address under which this machine may be called.</summary>
public sealed record CertificateNames(IReadOnlyList<string> Hosts, IReadOnlyList<IPAddress> Addresses)
{
    public string Common => Hosts[0];

    /// <summary>The machine's own names and addresses, and those that the operator adds.</summary>
    public static CertificateNames OfThisMachine(IReadOnlyList<string> more)
    {
        string machine = Environment.MachineName.ToLowerInvariant();
        var hosts = new List<string> { machine, machine + ".local", "localhost" };
        var addresses = new List<IPAddress> { IPAddress.Loopback, IPAddress.IPv6Loopback };
        addresses.AddRange(NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(unicast => unicast.Address)
            .Where(address => !address.IsIPv6LinkLocal));
        foreach (string name in more)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                addresses.Add(address);
            }
            else
            {
                hosts.Add(name);
            }
        }

        return new CertificateNames(
            [.. hosts.Distinct()], [.. addresses.Distinct().OrderBy(address => address.ToString(), StringComparer.Ordinal)]);
    }

    public X509Extension ToExtension()
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (string host in Hosts)
        {
            builder.AddDnsName(host);
        }

        foreach (IPAddress address in Addresses)
        {
            builder.AddIpAddress(address);
        }

        return builder.Build();
    }

    public bool Equals(CertificateNames? other) =>
        other is not null && Hosts.SequenceEqual(other.Hosts) && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => HashCode.Combine(Hosts.Count, Addresses.Count, Common);
}
