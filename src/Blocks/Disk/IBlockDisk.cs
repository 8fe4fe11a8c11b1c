using Appliance.Blocks.Reading;
using Appliance.Core.Digests;

namespace Appliance.Blocks.Disk;

/// <summary>
/// Every step the store takes on disk. A seam: tests fail, delay or undo single steps to see that a crash after any
/// of them loses nothing acknowledged and shows nothing half-written.
/// </summary>
internal interface IBlockDisk
{
    string Directory { get; }

    string QuarantineDirectory { get; }

    long FreeBytes { get; }

    TemporaryBlock CreateTemporary();

    ValueTask WriteAsync(TemporaryBlock temporary, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Begins to bring the bytes to the device, so that a later flush waits less.</summary>
    void StartWriteback(TemporaryBlock temporary);

    /// <summary>Returns when the bytes, though not the name, would survive a power failure.</summary>
    void Flush(TemporaryBlock temporary);

    /// <summary>Gives the bytes their digest as name: from now on readers see the block.</summary>
    void Publish(TemporaryBlock temporary, Digest digest);

    /// <summary>Makes the names of all blocks in this shelf survive a power failure.</summary>
    void SyncShelf(int shelf);

    void Discard(TemporaryBlock temporary);

    /// <summary>Where a block is, or would be.</summary>
    string PathOf(Digest digest);

    /// <returns>The block's length in bytes; null when it is not there.</returns>
    int? FindLength(Digest digest);

    /// <returns>Null when the block is not there.</returns>
    OpenBlock? TryOpen(Digest digest);

    /// <summary>Opens past the page cache, so that what is read is what the device holds.</summary>
    OpenBlock? TryOpenUncached(Digest digest);

    IEnumerable<StoredBlock> List(int shelf);

    /// <summary>Takes the block out of sight in one step; its space comes back with <see cref="EmptyTrash"/>.</summary>
    /// <returns>False when it was not there.</returns>
    bool MoveToTrash(Digest digest);

    void EmptyTrash();

    /// <returns>False when it was not there.</returns>
    bool MoveToQuarantine(Digest digest);
}
