using Appliance.Core.Digests;

namespace Appliance.Blocks;

/// <summary>
/// The durable reference counts, as far as the store needs them. The rule that makes collection safe: a transaction
/// that makes a block referenced either runs while a <see cref="Leases.BlockLease"/> on it is held, or copies a
/// reference that exists in the same transaction.
/// </summary>
public interface IBlockReferences
{
    /// <summary>
    /// Which of these blocks a committed manifest references, as of some moment after the call began.
    /// </summary>
    ValueTask<IReadOnlySet<Digest>> FindReferencedAsync(
        IReadOnlyCollection<Digest> digests, CancellationToken cancellation);
}
