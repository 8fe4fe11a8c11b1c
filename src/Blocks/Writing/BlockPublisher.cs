using Appliance.Blocks.Disk;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Writing;

/// <summary>
/// Makes complete temporary files durable and visible, in groups: while one group is being synced the next gathers,
/// and its files share the file system's commits. One thread of its own does it, so that no pool thread sits in a
/// sync. Of several files with one digest only the first is synced and named; the others wait for it.
/// </summary>
internal sealed class BlockPublisher : IAsyncDisposable
{
    /// <summary>Bounds how long a small block can wait for the large ones that came with it.</summary>
    private const long GroupBytesMax = 64L * 1024 * 1024;

    private readonly IBlockDisk disk;
    private readonly object gate = new();
    private readonly Dictionary<Digest, PendingBlock> pending = [];
    private readonly Queue<PendingBlock> queue = [];

    // Shelves not synced in this run, or whose last sync failed: a name in them may not last, since a kill may have come
    // between its rename and the sync. It does not pass for a stored block until the shelf is synced.
    private readonly HashSet<int> unsyncedShelves = [.. Enumerable.Range(0, BlockLayout.ShelfCount)];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isStopping;

    public BlockPublisher(IBlockDisk disk)
    {
        this.disk = disk;
        new Thread(Run) { IsBackground = true, Name = "block publisher" }.Start();
    }

    /// <summary>Returns once the block is durable under its digest, through this file or an equal one.</summary>
    public async Task PublishAsync(Digest digest, TemporaryBlock temporary)
    {
        while (true)
        {
            PendingBlock? own = Enqueue(digest, temporary, out PendingBlock? equal);
            if (equal is null)
            {
                await (own?.Completion ?? Task.CompletedTask);
                return;
            }

            // Had that file failed, this one might still make it, and its own failure is what its caller should hear.
            await equal.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (equal.Failure is null)
            {
                return;
            }
        }
    }

    /// <summary>Whether the block is visible and durable, and how long it is.</summary>
    // Visible comes first and settled second: the other way round, a block could get its name between the two looks.
    public int? FindDurableLength(Digest digest) =>
        disk.FindLength(digest) is { } lengthBytes && IsSettled(digest) ? lengthBytes : null;

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            isStopping = true;
            Monitor.Pulse(gate);
        }

        await stopped.Task;
    }

    private bool IsSettled(Digest digest)
    {
        bool isSynced = TrySettle(BlockLayout.ShelfOf(digest));
        lock (gate)
        {
            return isSynced && !pending.ContainsKey(digest);
        }
    }

    /// <summary>Syncs a shelf that was not synced yet: once a run, when its first block is looked for.</summary>
    private bool TrySettle(int shelf)
    {
        lock (gate)
        {
            if (!unsyncedShelves.Contains(shelf))
            {
                return true;
            }
        }

        try
        {
            disk.SyncShelf(shelf);
        }
        catch (IOException)
        {
            // The block passes for missing; whoever puts it again is told what is wrong with the disk.
            return false;
        }

        lock (gate)
        {
            unsyncedShelves.Remove(shelf);
            return true;
        }
    }

    /// <returns>Null with a null <paramref name="equal"/>: the block is already durable.</returns>
    private PendingBlock? Enqueue(Digest digest, TemporaryBlock temporary, out PendingBlock? equal)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isStopping, this);
            bool isUnderWay = pending.TryGetValue(digest, out equal);
            bool mayBeLost = unsyncedShelves.Contains(BlockLayout.ShelfOf(digest));
            if (isUnderWay || (!mayBeLost && disk.FindLength(digest) == temporary.LengthBytes))
            {
                return null;
            }

            // A stored block of another length is damaged, and this one takes its place.
            PendingBlock own = new(digest, temporary);
            pending.Add(digest, own);
            queue.Enqueue(own);
            Monitor.Pulse(gate);
            return own;
        }
    }

    private void Run()
    {
        List<PendingBlock> group = [];
        while (TakeGroup(group))
        {
            Publish(group);
            group.Clear();
        }

        stopped.SetResult();
    }

    /// <summary>Waits for files to publish; false when the publisher stops and none are left.</summary>
    private bool TakeGroup(List<PendingBlock> group)
    {
        lock (gate)
        {
            while (queue.Count == 0 && !isStopping)
            {
                Monitor.Wait(gate);
            }

            for (long bytes = 0; bytes < GroupBytesMax && queue.TryDequeue(out PendingBlock? next);)
            {
                group.Add(next);
                bytes += next.Temporary.LengthBytes;
            }

            return group.Count > 0;
        }
    }

    private void Publish(List<PendingBlock> group)
    {
        group.ForEach(block => block.Attempt(one => disk.StartWriteback(one.Temporary)));
        group.ForEach(block => block.Attempt(one => disk.Flush(one.Temporary)));
        group.ForEach(block => block.Attempt(one => disk.Publish(one.Temporary, one.Digest)));

        // The first of these syncs commits the names of the whole group; the others find little left to do.
        foreach (IGrouping<int, PendingBlock> shelf in group
            .Where(block => block.Failure is null).GroupBy(block => BlockLayout.ShelfOf(block.Digest)))
        {
            SyncShelf(shelf.Key, [.. shelf]);
        }

        lock (gate)
        {
            group.ForEach(block => pending.Remove(block.Digest));
        }

        group.ForEach(block => block.Complete());
    }

    private void SyncShelf(int shelf, List<PendingBlock> blocks)
    {
        try
        {
            disk.SyncShelf(shelf);
            lock (gate)
            {
                unsyncedShelves.Remove(shelf);
            }
        }
        catch (Exception failure)
        {
            lock (gate)
            {
                unsyncedShelves.Add(shelf);
            }

            blocks.ForEach(block => block.Fail(failure));
        }
    }
}
