using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Blocks;

namespace Appliance.Blocks.Upkeep;

/// <summary>The references as the metadata counts them.</summary>
public sealed class CountedReferences(MetadataStore metadata) : IBlockReferences
{
    public ValueTask<IReadOnlySet<Digest>> FindReferencedAsync(
        IReadOnlyCollection<Digest> digests, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();

        // One snapshot, and it holds every write that was acknowledged before now.
        return ValueTask.FromResult<IReadOnlySet<Digest>>(
            metadata.Read(read => BlockReferences.FindReferenced(read, digests)));
    }
}
