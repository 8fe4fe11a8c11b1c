using Appliance.Core.Digests;

namespace Appliance.Blocks.Leases;

/// <summary>Leases on those of many blocks that are stored, and the list of those that are not.</summary>
public sealed class BlockLeaseSet : IDisposable
{
    private readonly IReadOnlyList<BlockLease> leases;

    internal BlockLeaseSet(IReadOnlyList<BlockLease> leases, IReadOnlyList<Digest> missing)
    {
        this.leases = leases;
        Missing = missing;
    }

    /// <summary>Each digest once, in the order first asked for.</summary>
    public IReadOnlyList<Digest> Missing { get; }

    public void Dispose()
    {
        foreach (BlockLease lease in leases)
        {
            lease.Dispose();
        }
    }
}
