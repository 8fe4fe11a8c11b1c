using System.Collections.Concurrent;
using Appliance.Blocks;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>Reference counts in memory, with a hook on either side of the moment at which they are read.</summary>
internal sealed class FakeReferences : IBlockReferences
{
    private readonly ConcurrentDictionary<Digest, int> counts = [];

    public Func<Task> BeforeReading { get; set; } = () => Task.CompletedTask;

    public Func<Task> AfterReading { get; set; } = () => Task.CompletedTask;

    public void Add(Digest digest) => counts.AddOrUpdate(digest, 1, (_, count) => count + 1);

    public void Remove(Digest digest) => counts.AddOrUpdate(digest, 0, (_, count) => count - 1);

    public void Clear(Digest digest) => counts[digest] = 0;

    public bool Has(Digest digest) => counts.TryGetValue(digest, out int count) && count > 0;

    public async ValueTask<IReadOnlySet<Digest>> FindReferencedAsync(
        IReadOnlyCollection<Digest> digests, CancellationToken cancellation)
    {
        await BeforeReading();
        HashSet<Digest> referenced = [.. digests.Where(Has)];
        await AfterReading();
        return referenced;
    }
}
