using System.Collections.Concurrent;
using System.Net;
using Appliance.Containers.Networks.Addresses;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Isolation;

namespace Appliance.Containers.Networks.Names;

/// <summary>
/// The addresses that allow-lists by name have opened. The kernel forgets each by itself; here is only noted until when
/// it will not, so that an answer that is given a thousand times changes the packet filter once.
/// </summary>
internal sealed class OpenedNames(ContainerFirewall firewall, AddressPlan addresses, TimeProvider clock)
{
    private static readonly TimeSpan LifeMin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LifeMax = TimeSpan.FromDays(1);

    // Programs hold on to an address a little longer than they should.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<int, Dictionary<IPAddress, DateTimeOffset>> slots = new();

    public void Open(IPAddress container, string name, IReadOnlyList<(IPAddress Address, TimeSpan Life)> found)
    {
        int slot = addresses.SlotOf(container);
        Dictionary<IPAddress, DateTimeOffset> known = slots.GetOrAdd(slot, Load);
        lock (known)
        {
            DateTimeOffset now = clock.GetUtcNow();
            var renewed = new List<SetElement>();
            var added = new List<SetElement>();
            foreach ((IPAddress address, TimeSpan life) in found.DistinctBy(pair => pair.Address))
            {
                TimeSpan wanted = TimeSpan.FromTicks(Math.Clamp(life.Ticks, LifeMin.Ticks, LifeMax.Ticks));
                DateTimeOffset end = now + wanted;
                bool isOpen = known.TryGetValue(address, out DateTimeOffset present) && present + Slack > now;

                // With half of its life left there is no need to renew it.
                if (!isOpen || present < now + (wanted / 2))
                {
                    (isOpen ? renewed : added).Add(SetElement.Of(address) with { Timeout = wanted + Slack, Comment = name });
                    known[address] = end;
                }
            }

            if (renewed.Count + added.Count > 0)
            {
                firewall.OpenNames(slot, renewed, added);
            }
        }
    }

    /// <summary>The slot has another policy or another container; what is open is read from the kernel again.</summary>
    public void Forget(int slot) => slots.TryRemove(slot, out _);

    private Dictionary<IPAddress, DateTimeOffset> Load(int slot)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return firewall.ListNames(slot)
            .Where(element => element.Timeout is not null)
            .ToDictionary(element => new IPAddress(element.Key.Span), element => now + element.Timeout!.Value - Slack);
    }
}
