using Appliance.Core.Errors;

namespace Appliance.Containers.Networks.Addresses;

/// <summary>
/// Hands out slots in a circle, so that an address comes back as late as possible: the world may still remember
/// connections of the one who had it before.
/// </summary>
internal sealed class SlotAllocator(int first)
{
    private readonly Lock gate = new();
    private readonly HashSet<int> taken = [];
    private int next = first;

    /// <exception cref="ApplianceException">ResourceExhausted: all are taken.</exception>
    public int Take()
    {
        lock (gate)
        {
            for (int tries = AddressPlan.SlotMin; tries <= AddressPlan.SlotMax; tries++)
            {
                next = next >= AddressPlan.SlotMax ? AddressPlan.SlotMin : next + 1;
                if (AddressPlan.IsUsable(next) && taken.Add(next))
                {
                    return next;
                }
            }
        }

        throw new ApplianceException(
            ErrorKind.ResourceExhausted, $"No address is left for another container: all {taken.Count} of the container subnet are in use.");
    }

    /// <summary>Takes a certain one, which somebody holds already.</summary>
    public void Claim(int slot)
    {
        lock (gate)
        {
            taken.Add(slot);
        }
    }

    public bool IsTaken(int slot)
    {
        lock (gate)
        {
            return taken.Contains(slot);
        }
    }

    public void Return(int slot)
    {
        lock (gate)
        {
            taken.Remove(slot);
        }
    }
}
