using Appliance.Blocks.Leases;
using Appliance.Metadata.Values;

namespace Appliance.Contents.Values;

/// <summary>Values ready for their rows. Until it is disposed nobody collects the blocks that they lie in.</summary>
public sealed class ValueSet : IDisposable
{
    private readonly IReadOnlyList<BlockLease> leases;

    internal ValueSet(IReadOnlyList<StoredValue> values, IReadOnlyList<BlockLease> leases)
    {
        Values = values;
        this.leases = leases;
    }

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<StoredValue> Values { get; }

    public void Dispose()
    {
        foreach (BlockLease lease in leases)
        {
            lease.Dispose();
        }
    }
}
