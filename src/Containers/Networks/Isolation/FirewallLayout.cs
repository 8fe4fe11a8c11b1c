using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.HostService;
using Appliance.Containers.Networks.Policies;
using static Appliance.Containers.Networks.Isolation.FirewallNames;

namespace Appliance.Containers.Networks.Isolation;

/// <summary>
/// The part of the packet filter that is the same however many containers there are. A packet from a container passes
///   arrival    is it from the address of that container?
///   resolver   questions for names go to the port of the name forwarder, and what is for the host's service to that's
///   host       for the host itself: answers, names, and, if the container's policy allows the address, the host's service
///   forward →  outbound (never to other containers; then what the container's policy says), or inbound (answers only)
///   departure  it leaves with the host's address.
/// </summary>
/// <param name="Interfaces">How containers' interfaces are told from others.</param>
/// <param name="Addresses">How their addresses are.</param>
/// <param name="ResolverPort">Where on the gateway address the name forwarder listens.</param>
/// <param name="ServicePort">Where on the gateway address the host's service for containers listens; null for none.</param>
/// <param name="IsGuarded">What neither comes from a container nor goes to one is dropped instead of passed on.</param>
internal sealed record FirewallLayout(InterfaceNames Interfaces, AddressPlan Addresses, int ResolverPort, int? ServicePort, bool IsGuarded)
{
    /// <summary>Where clouds serve credentials to whoever asks from the machine, and all link-local Addresses.</summary>
    private static readonly string[] ForbiddenNetworks = ["169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32"];

    private const int BeforeTracking = -300;
    private const int DestinationTranslation = -100;
    private const int Filter = 0;
    private const int SourceTranslation = 100;
    private const ushort NamePort = 53;

    private readonly string prefix = Interfaces.Prefix;

    /// <summary>Writes all of it, in place of what an earlier start wrote; what is kept of containers stays.</summary>
    public void Write(FilterBatch batch)
    {
        batch.AddTable();
        batch.AddSet(SetDefinition.InterfacesWithAddress(Senders));
        batch.AddSet(SetDefinition.Addresses(FirewallNames.Policies, SetFlags.Map));
        batch.AddSet(SetDefinition.Addresses(Forbidden, SetFlags.Interval));
        batch.AddSet(SetDefinition.ProtocolsWithPort(Services));
        batch.AddElements(Forbidden, AddressRanges.Of([Addresses.Subnet, .. ForbiddenNetworks.Select(Cidr.Parse)]));

        // An earlier process listened on another port, which may be anybody's now.
        batch.ClearSet(Services);
        batch.AddElements(Services, [Service(RuleWriter.Udp), Service(RuleWriter.Tcp)]);
        foreach (string chain in (string[])[Refuse, Open, HostServices, Outbound, Inbound])
        {
            batch.AddChain(chain);
            batch.ClearChain(chain);
        }

        WriteVerdicts(batch);
        WriteHost(batch);
        WriteForward(batch);
        WriteTranslation(batch);
    }

    /// <summary>Only the chain that tells whether the host passes on what is none of ours.</summary>
    public void WriteForward(FilterBatch batch)
    {
        AddBaseChain(batch, FirewallNames.Forward, "filter", NetfilterHook.Forward, Filter);
        batch.AddRule(FirewallNames.Forward, rule => rule.FromInterfaces(prefix).Judge(Verdict.GoTo(Outbound)));
        batch.AddRule(FirewallNames.Forward, rule => rule.ToInterfaces(prefix).Judge(Verdict.GoTo(Inbound)));
        if (IsGuarded)
        {
            // Another appliance's containers have a guard of their own.
            batch.AddRule(FirewallNames.Forward, rule => rule.FromInterfaces(InterfaceNames.FamilyPrefix).Judge(Verdict.Accept));
            batch.AddRule(FirewallNames.Forward, rule => rule.ToInterfaces(InterfaceNames.FamilyPrefix).Judge(Verdict.Accept));
            batch.AddRule(FirewallNames.Forward, rule => rule.Judge(Verdict.Drop));
        }
    }

    private static void WriteVerdicts(FilterBatch batch)
    {
        batch.AddRule(Refuse, rule => rule.HasProtocol(RuleWriter.Tcp).RejectByTcpReset());
        batch.AddRule(Refuse, rule => rule.Reject());
        batch.AddRule(Open, rule => rule.Judge(Verdict.Accept));
        batch.AddRule(Inbound, rule => rule.IsEstablished().Judge(Verdict.Accept));
        batch.AddRule(Inbound, rule => rule.Judge(Verdict.Drop));
    }

    private void WriteHost(FilterBatch batch)
    {
        AddBaseChain(batch, Arrival, "filter", NetfilterHook.Prerouting, BeforeTracking);
        batch.AddRule(Arrival, rule => rule.FromInterfaces(prefix).IsNotIp4().Judge(Verdict.Drop));
        batch.AddRule(Arrival, rule => rule.FromInterfaces(prefix).InterfaceWithSourceNotIn(Senders).Judge(Verdict.Drop));

        AddBaseChain(batch, Host, "filter", NetfilterHook.Input, Filter);
        batch.AddRule(Host, rule => rule.FromInterfaces(prefix).Judge(Verdict.GoTo(HostServices)));
        batch.AddRule(HostServices, rule => rule.IsEstablished().Judge(Verdict.Accept));
        batch.AddRule(HostServices, rule => rule.ToAddress(Addresses.Gateway).ProtocolWithPortIn(Services).Judge(Verdict.Accept));
        if (ServicePort is { } service)
        {
            batch.AddRule(HostServices, rule => rule.ToAddress(Addresses.Gateway).HasProtocol(RuleWriter.Tcp).ToPort((ushort)service)
                .SourceVerdictOf(FirewallNames.Policies));
        }

        batch.AddRule(HostServices, rule => rule.Judge(Verdict.GoTo(Refuse)));

        batch.AddRule(Outbound, rule => rule.ToInterfaces(prefix).Judge(Verdict.GoTo(Refuse)));
        batch.AddRule(Outbound, rule => rule.DestinationIn(Forbidden).Judge(Verdict.GoTo(Refuse)));
        batch.AddRule(Outbound, rule => rule.SourceVerdictOf(FirewallNames.Policies));
        batch.AddRule(Outbound, rule => rule.Judge(Verdict.GoTo(Refuse)));
    }

    private void WriteTranslation(FilterBatch batch)
    {
        AddBaseChain(batch, Resolver, "nat", NetfilterHook.Prerouting, DestinationTranslation);
        foreach (byte protocol in (byte[])[RuleWriter.Udp, RuleWriter.Tcp])
        {
            batch.AddRule(Resolver, rule => rule.FromInterfaces(prefix).ToAddress(Addresses.Gateway).HasProtocol(protocol)
                .ToPort(NamePort).Redirect(Addresses.Gateway, (ushort)ResolverPort));
        }

        if (ServicePort is { } service)
        {
            batch.AddRule(Resolver, rule => rule.FromInterfaces(prefix).ToAddress(Addresses.Gateway).HasProtocol(RuleWriter.Tcp)
                .ToPort(ServiceListener.Port).Redirect(Addresses.Gateway, (ushort)service));
        }

        AddBaseChain(batch, Departure, "nat", NetfilterHook.Postrouting, SourceTranslation);
        batch.AddRule(Departure, rule => rule.IsIp4().FromNetwork(Addresses.Subnet).NotToInterfaces(prefix).Masquerade());
    }

    private SetElement Service(byte protocol) => SetElement.Of(protocol, (ushort)ResolverPort);

    private static void AddBaseChain(FilterBatch batch, string chain, string type, NetfilterHook hook, int priority)
    {
        batch.AddChain(chain, type, hook, priority);
        batch.ClearChain(chain);
    }
}
