using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Policies;
using static Appliance.Containers.Networks.Isolation.FirewallNames;

namespace Appliance.Containers.Networks.Isolation;

/// <summary>
/// What the packet filter knows of each container: which address it sends from, and which chain judges that. All of it
/// is in the kernel, so it outlives the process, and a packet is judged by two look-ups however many containers there are.
/// </summary>
internal sealed class ContainerFirewall : IDisposable
{
    private readonly Lock gate = new();
    private readonly FilterTable table;
    private readonly InterfaceNames interfaces;
    private readonly AddressPlan addresses;
    private readonly Dictionary<IPAddress, string> chains = [];
    private readonly HashSet<string> senders = [];
    private FirewallLayout layout;
    private int generation;
    private bool isIncomplete;

    private ContainerFirewall(FilterTable table, InterfaceNames interfaces, AddressPlan addresses, FirewallLayout layout)
    {
        this.layout = layout;
        this.table = table;
        this.interfaces = interfaces;
        this.addresses = addresses;
    }

    /// <summary>Writes the layout and learns what an earlier process left.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static ContainerFirewall Open(FilterTable table, InterfaceNames interfaces, AddressPlan addresses, FirewallLayout layout)
    {
        try
        {
            table.Commit("set up the packet filter", layout.Write);
        }
        catch (Netlink.NetlinkException) when (table.Exists())
        {
            // An other version's sets may be of another kind. Containers without an entry are refused everything until
            // they are adopted.
            table.Commit("set up the packet filter anew", batch =>
            {
                batch.RemoveTable();
                layout.Write(batch);
            });
        }

        var firewall = new ContainerFirewall(table, interfaces, addresses, layout);
        firewall.Load();
        return firewall;
    }

    /// <summary>Addresses that have an entry.</summary>
    public IReadOnlyList<IPAddress> ListAddresses()
    {
        lock (gate)
        {
            return [.. chains.Keys];
        }
    }

    /// <summary>Whether the host drops what comes from elsewhere and goes elsewhere.</summary>
    public void SetGuard(bool isGuarded)
    {
        lock (gate)
        {
            if (layout.IsGuarded != isGuarded)
            {
                layout = layout with { IsGuarded = isGuarded };
                table.Commit("guard forwarding", layout.WriteForward);
            }
        }
    }

    /// <summary>Puts the layout back after somebody has cleared all of the host's packet filter, as some firewalls do when they start.</summary>
    /// <returns>True when it was gone: every container has to be let in again.</returns>
    public bool Restore()
    {
        lock (gate)
        {
            if (!table.Exists())
            {
                WriteAgain();
            }

            bool wasGone = isIncomplete;
            isIncomplete = false;
            return wasGone;
        }
    }

    /// <summary>Lets a container send, or changes where it may send to. Either way it is one step.</summary>
    public void Apply(int slot, NetworkPolicy policy)
    {
        lock (gate)
        {
            Reconcile(() => ApplyOnce(slot, policy));
        }
    }

    /// <summary>Forgets a container; what it still sends is dropped.</summary>
    public void Dismiss(int slot)
    {
        lock (gate)
        {
            Reconcile(() => DismissOnce(slot));
        }
    }

    /// <summary>Addresses that names of an allow-list have led to, with the time for which they are open.</summary>
    public IReadOnlyList<SetElement> ListNames(int slot)
    {
        lock (gate)
        {
            return chains.TryGetValue(addresses.At(slot), out string? chain) && IsAllow(chain) ? table.ListElements(AllowedNames(chain)) : [];
        }
    }

    /// <summary>Opens addresses that an allowed name has, for as long as the elements say.</summary>
    /// <param name="renewed">Those that are open and get a new time.</param>
    /// <param name="added">Those that are not.</param>
    public void OpenNames(int slot, IReadOnlyList<SetElement> renewed, IReadOnlyList<SetElement> added)
    {
        lock (gate)
        {
            if (!chains.TryGetValue(addresses.At(slot), out string? chain) || !IsAllow(chain))
            {
                return;
            }

            string set = AllowedNames(chain);
            try
            {
                table.Commit("open addresses of an allowed name", batch =>
                {
                    batch.RemoveElements(set, renewed);
                    batch.AddElements(set, [.. renewed, .. added]);
                });
            }
            catch (Netlink.NetlinkException failure) when (failure.HResult == Netlink.NetlinkException.NotFound && renewed.Count > 0)
            {
                // One of them has gone by itself in between.
                table.Commit("open addresses of an allowed name", batch => batch.AddElements(set, [.. renewed, .. added]));
            }
        }
    }

    /// <summary>Takes everything away.</summary>
    public void Remove()
    {
        lock (gate)
        {
            table.Remove();
            chains.Clear();
            senders.Clear();
        }
    }

    public void Dispose() => table.Dispose();

    private static bool IsAllow(string chain) => GenerationOf(chain) is not null;

    private static void Replace(FilterBatch batch, IPAddress address, string? before, string? after)
    {
        if (before is not null)
        {
            batch.RemoveElements(FirewallNames.Policies, [SetElement.Of(address)]);
        }

        if (after is not null)
        {
            batch.AddElements(FirewallNames.Policies, [SetElement.Of(address) with { Verdict = Verdict.GoTo(after) }]);
        }
    }

    private static void WriteAllow(FilterBatch batch, string chain, NetworkPolicy policy, IReadOnlyList<SetElement> kept)
    {
        batch.AddSet(SetDefinition.Addresses(AllowedNetworks(chain), SetFlags.Interval));
        batch.AddSet(SetDefinition.Addresses(AllowedNames(chain), SetFlags.Timeout));
        batch.AddElements(AllowedNetworks(chain), AddressRanges.Of(policy.Networks4));
        batch.AddElements(AllowedNames(chain), kept);
        batch.AddChain(chain);

        // What was let through goes on when its name's time is over; a change of policy ends it through the tracker.
        batch.AddRule(chain, rule => rule.IsEstablished().Judge(Verdict.Accept));
        batch.AddRule(chain, rule => rule.DestinationIn(AllowedNetworks(chain)).Judge(Verdict.Accept));
        batch.AddRule(chain, rule => rule.DestinationIn(AllowedNames(chain)).Judge(Verdict.Accept));
        batch.AddRule(chain, rule => rule.Judge(Verdict.GoTo(Refuse)));
    }

    private static void RemoveAllow(FilterBatch batch, string? chain)
    {
        if (chain is not null && IsAllow(chain))
        {
            batch.RemoveChain(chain);
            batch.RemoveSet(AllowedNetworks(chain));
            batch.RemoveSet(AllowedNames(chain));
        }
    }

    /// <summary>Changes what is known; where the kernel knows otherwise, because somebody else has changed the table, starts from that.</summary>
    private void Reconcile(Action change)
    {
        try
        {
            change();
        }
        catch (Netlink.NetlinkException failure) when (failure.HResult == Netlink.NetlinkException.NotFound)
        {
            if (table.Exists())
            {
                Load();
            }
            else
            {
                WriteAgain();
            }

            change();
        }
    }

    private void WriteAgain()
    {
        chains.Clear();
        senders.Clear();
        isIncomplete = true;
        table.Commit("set up the packet filter again", layout.Write);
    }

    private void ApplyOnce(int slot, NetworkPolicy policy)
    {
        IPAddress address = addresses.At(slot);
        string? before = chains.GetValueOrDefault(address);
        string after = ChainOf(slot, policy);
        SetElement sender = SetElement.Of(interfaces.Of(slot), address);
        IReadOnlyList<SetElement> kept = before is not null && IsAllow(before) && IsAllow(after) ? KeptNames(before, policy) : [];
        table.Commit($"apply the network policy of {address}", batch =>
        {
            if (IsAllow(after))
            {
                WriteAllow(batch, after, policy, kept);
            }

            Replace(batch, address, before, after);
            batch.AddElements(Senders, [sender]);
            RemoveAllow(batch, before);
        });
        chains[address] = after;
        senders.Add(interfaces.Of(slot));
    }

    private void DismissOnce(int slot)
    {
        IPAddress address = addresses.At(slot);
        string? before = chains.GetValueOrDefault(address);
        bool isSender = senders.Contains(interfaces.Of(slot));
        if (before is null && !isSender)
        {
            return;
        }

        table.Commit($"end the network of {address}", batch =>
        {
            if (isSender)
            {
                batch.RemoveElements(Senders, [SetElement.Of(interfaces.Of(slot), address)]);
            }

            Replace(batch, address, before, null);
            RemoveAllow(batch, before);
        });
        chains.Remove(address);
        senders.Remove(interfaces.Of(slot));
    }

    private string ChainOf(int slot, NetworkPolicy policy) => policy.Kind switch
    {
        PolicyKind.Open => FirewallNames.Open,
        PolicyKind.Allowlist when policy.Networks4.Any() || policy.Domains.Count > 0 => Allow(slot, ++generation),
        _ => Refuse,
    };

    private List<SetElement> KeptNames(string chain, NetworkPolicy policy) =>
        [.. table.ListElements(AllowedNames(chain)).Where(element => element.Comment is { } name && policy.AllowsName(name))];

    private void Load()
    {
        chains.Clear();
        senders.Clear();
        foreach (SetElement element in table.ListElements(FirewallNames.Policies))
        {
            string chain = element.Verdict?.Chain ?? Refuse;
            chains[new IPAddress(element.Key.Span)] = chain;
            generation = Math.Max(generation, GenerationOf(chain) ?? 0);
        }

        foreach (SetElement element in table.ListElements(Senders))
        {
            senders.Add(System.Text.Encoding.ASCII.GetString(element.Key.Span[..RuleWriter.InterfaceNameBytes]).TrimEnd('\0'));
        }
    }
}
