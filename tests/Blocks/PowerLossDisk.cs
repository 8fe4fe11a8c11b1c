using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>
/// Remembers what no sync has covered yet. A power failure then keeps or loses each such name, and tears each such
/// file, as the seed has it: the most that a file system may do.
/// </summary>
internal sealed class PowerLossDisk(BlockDisk inner) : StepDisk(inner)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> flushed = [];
    private readonly HashSet<Digest> unsyncedNames = [];
    private readonly HashSet<Digest> unsyncedBytes = [];

    public override void Flush(TemporaryBlock temporary)
    {
        base.Flush(temporary);
        lock (gate)
        {
            flushed.Add(temporary.Path);
        }
    }

    public override void Publish(TemporaryBlock temporary, Digest digest)
    {
        base.Publish(temporary, digest);
        lock (gate)
        {
            unsyncedNames.Add(digest);
            if (!flushed.Contains(temporary.Path))
            {
                unsyncedBytes.Add(digest);
            }
        }
    }

    public override void SyncShelf(int shelf)
    {
        base.SyncShelf(shelf);
        lock (gate)
        {
            unsyncedNames.RemoveWhere(digest => BlockLayout.ShelfOf(digest) == shelf);
        }
    }

    public void LosePower(Random random)
    {
        var layout = new BlockLayout(Directory);
        foreach (Digest digest in unsyncedBytes.Where(digest => File.Exists(layout.Block(digest))))
        {
            File.Delete(layout.Block(digest));
            File.WriteAllBytes(layout.Block(digest), new byte[random.Next(100)]);
        }

        foreach (Digest digest in unsyncedNames.Where(_ => random.Next(2) == 0))
        {
            File.Delete(layout.Block(digest));
        }
    }
}
