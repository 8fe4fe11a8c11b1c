using Appliance.Blocks.Disk;
using Appliance.Blocks.Leases;
using Appliance.Blocks.Reading;
using Appliance.Blocks.Upkeep;
using Appliance.Blocks.Writing;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Blocks;

/// <summary>
/// The content-addressed store: immutable blocks of at most 8 MiB, each named by the SHA-256 of its bytes. A put
/// that has returned survives a kill and a power failure. All members may be used from many threads at once.
/// </summary>
public sealed class BlockStore : IAsyncDisposable
{
    private readonly BlockDisk? ownedDisk;
    private readonly IBlockDisk disk;
    private readonly BlockPublisher publisher;
    private readonly BlockWriter writer;
    private readonly BlockReader reader;
    private readonly BlockCollector collector;
    private readonly BlockScrubber scrubber;

    internal BlockStore(IBlockDisk disk, IBlockReferences references, TimeProvider time)
    {
        var leases = new LeaseTable(time);
        this.disk = disk;
        publisher = new BlockPublisher(disk);
        writer = new BlockWriter(disk, leases, publisher);
        reader = new BlockReader(disk);
        Holds = new CollectionHolds(time);
        collector = new BlockCollector(disk, leases, Holds, references, time);
        scrubber = new BlockScrubber(disk, time);
    }

    private BlockStore(BlockDisk disk, IBlockReferences references, TimeProvider time)
        : this((IBlockDisk)disk, references, time) => ownedDisk = disk;

    /// <summary>
    /// How long a block may stay unreferenced before collection takes it: the time a client has between learning
    /// that a block is stored and committing the manifest that names it.
    /// </summary>
    public static TimeSpan DefaultGrace { get; } = TimeSpan.FromHours(6);

    /// <summary>Into how many parts a scrub is divided, each of which can be done by itself.</summary>
    public static int ShelfCount => BlockLayout.ShelfCount;

    /// <summary>Protects much at a time from collection.</summary>
    public CollectionHolds Holds { get; }

    /// <summary>Where damaged blocks are kept for a person to look at.</summary>
    public string QuarantineDirectory => disk.QuarantineDirectory;

    /// <summary>Opens the store, making it if need be, and clears away what a crash left behind.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: another process has it open.</exception>
    public static BlockStore Open(string directory, IBlockReferences references, TimeProvider time) =>
        new(BlockDisk.Open(directory, time), references, time);

    /// <summary>
    /// Stores the bytes of a stream, which is read to its end. Equal blocks are stored once, however many put them.
    /// </summary>
    /// <param name="source">At most 8 MiB, with trailing zeros already stripped where the protocol wants that.</param>
    /// <param name="expected">The digest the bytes should have; null when the caller does not know.</param>
    /// <param name="cancellation">Nothing is left behind when it fires in time.</param>
    /// <exception cref="ApplianceException">
    /// InvalidArgument: the bytes have another digest. TooLarge. ResourceExhausted: the disk is full.
    /// In each case nothing is left behind.
    /// </exception>
    public Task<BlockLease> PutAsync(Stream source, Digest? expected, CancellationToken cancellation) =>
        ExplainFullDiskAsync(writer.PutAsync(source, expected, cancellation));

    /// <summary>Stores these bytes as one block.</summary>
    /// <exception cref="ApplianceException">TooLarge. ResourceExhausted: the disk is full.</exception>
    public Task<BlockLease> PutAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        ExplainFullDiskAsync(writer.PutAsync(content, cancellation));

    /// <summary>
    /// Protects a stored block until the lease is disposed, and for the grace of collection after that.
    /// </summary>
    /// <returns>Null when the block is not stored; upload it.</returns>
    public BlockLease? TryPin(Digest digest) => writer.TryPin(digest);

    /// <summary>Pins those of the blocks that are stored, and lists the others.</summary>
    public BlockLeaseSet PinStored(IEnumerable<Digest> digests)
    {
        List<BlockLease> leases = [];
        List<Digest> missing = [];
        foreach (Digest digest in digests.Distinct())
        {
            if (TryPin(digest) is { } lease)
            {
                leases.Add(lease);
            }
            else
            {
                missing.Add(digest);
            }
        }

        return new BlockLeaseSet(leases, missing);
    }

    /// <summary>Whether the block is stored now. Only a lease makes that last.</summary>
    public bool Exists(Digest digest) => publisher.FindDurableLength(digest) is not null;

    /// <summary>Where the block's bytes lie as a plain file, which may be linked to and must not be changed.</summary>
    public string PathOf(Digest digest) => disk.PathOf(digest);

    /// <summary>Opens a block for reading without checking its bytes.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public OpenBlock OpenRead(Digest digest) => reader.Open(digest);

    /// <summary>Copies a part of a block, without checking its bytes. Stripped zeros are not part of a block.</summary>
    /// <exception cref="ApplianceException">NotFound. InvalidArgument: the range leaves the block.</exception>
    public Task CopyToAsync(
        Digest digest, long offset, long lengthBytes, Stream destination, CancellationToken cancellation) =>
        reader.CopyAsync(digest, offset, lengthBytes, destination, cancellation);

    /// <summary>
    /// Copies a whole block to a peer, who never gets all bytes of a damaged one; that goes to quarantine.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound. DataLoss: the block is damaged.</exception>
    public async Task CopyVerifiedToAsync(Digest digest, Stream destination, CancellationToken cancellation)
    {
        if (!await reader.TryCopyVerifiedAsync(digest, destination, cancellation))
        {
            // What the page cache holds was wrong; the device has the last word.
            await VerifyAsync(digest, cancellation);
            throw new ApplianceException(
                ErrorKind.Unavailable,
                $"Block '{digest}' was read wrongly once, and the disk holds it intact; read it again.");
        }
    }

    /// <summary>Reads a block from the disk and compares it with its digest; a damaged one goes to quarantine.</summary>
    /// <exception cref="ApplianceException">NotFound. DataLoss: the block is damaged.</exception>
    public async Task VerifyAsync(Digest digest, CancellationToken cancellation)
    {
        switch (await Task.Run(() => new BlockVerifier(disk).Verify(digest), cancellation))
        {
            case BlockCondition.Missing:
                throw BlockErrors.Missing(digest);
            case BlockCondition.Damaged:
                throw BlockErrors.Damaged(digest, disk.QuarantineDirectory);
        }
    }

    /// <summary>Verifies every block. Damage does not end a scrub: the report lists it.</summary>
    /// <param name="bytesPerSecondMax">How fast to read; long.MaxValue for no limit.</param>
    /// <param name="progress">Told now and then how far the scrub is.</param>
    /// <param name="cancellation">Ends the scrub.</param>
    public Task<ScrubReport> ScrubAsync(
        long bytesPerSecondMax, IProgress<ScrubReport>? progress, CancellationToken cancellation) =>
        scrubber.ScrubAsync(bytesPerSecondMax, progress, cancellation);

    /// <summary>Verifies one part of the blocks, so that a scrub can go on after a restart where it was.</summary>
    /// <param name="shelf">0 up to, not including, <see cref="ShelfCount"/>.</param>
    /// <param name="bytesPerSecondMax">How fast to read.</param>
    /// <param name="cancellation">Ends the scrub.</param>
    public Task<ScrubReport> ScrubShelfAsync(int shelf, long bytesPerSecondMax, CancellationToken cancellation) =>
        scrubber.ScrubShelfAsync(shelf, bytesPerSecondMax, cancellation);

    /// <summary>
    /// Removes the blocks that no manifest references, that nobody holds, and that were neither stored nor used, nor
    /// the store opened, within <paramref name="grace"/>.
    /// </summary>
    public Task<CollectionReport> CollectAsync(TimeSpan grace, CancellationToken cancellation) =>
        collector.CollectAsync(grace, cancellation);

    /// <summary>
    /// Counts what is stored and what of it is unreferenced, by listing the directories: seconds for a million blocks.
    /// </summary>
    public Task<BlockSurvey> SurveyAsync(TimeSpan grace, CancellationToken cancellation) => collector.SurveyAsync(grace, cancellation);

    /// <summary>Counts what is stored, by listing the directories.</summary>
    public BlockUsage ReadUsage()
    {
        IEnumerable<StoredBlock> all = Enumerable.Range(0, BlockLayout.ShelfCount).SelectMany(disk.List);
        return all.Aggregate(
            default(BlockUsage), (sum, block) => new BlockUsage(sum.BlockCount + 1, sum.Bytes + block.LengthBytes));
    }

    /// <summary>Finishes the puts under way and gives up the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        await publisher.DisposeAsync();
        collector.Dispose();
        ownedDisk?.Dispose();
    }

    private async Task<BlockLease> ExplainFullDiskAsync(Task<BlockLease> put)
    {
        try
        {
            return await put;
        }
        catch (IOException failure) when (BlockErrors.IsDiskFull(failure))
        {
            throw BlockErrors.DiskFull(disk.Directory, disk.FreeBytes, failure);
        }
    }
}
