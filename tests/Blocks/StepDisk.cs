using Appliance.Blocks.Disk;
using Appliance.Blocks.Reading;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>A real disk that tells of each changing step before it is taken; what the listener throws is its failure.</summary>
internal class StepDisk(IBlockDisk inner) : IBlockDisk
{
    public Action<string> BeforeStep { get; set; } = _ => { };

    public string Directory => inner.Directory;

    public string QuarantineDirectory => inner.QuarantineDirectory;

    public long FreeBytes => inner.FreeBytes;

    public TemporaryBlock CreateTemporary()
    {
        BeforeStep(nameof(CreateTemporary));
        TemporaryBlock temporary = inner.CreateTemporary();
        return new TemporaryBlock(this, temporary.Path, temporary.Handle);
    }

    public ValueTask WriteAsync(TemporaryBlock temporary, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        BeforeStep(nameof(WriteAsync));
        return inner.WriteAsync(temporary, content, cancellation);
    }

    public void StartWriteback(TemporaryBlock temporary)
    {
        BeforeStep(nameof(StartWriteback));
        inner.StartWriteback(temporary);
    }

    public virtual void Flush(TemporaryBlock temporary)
    {
        BeforeStep(nameof(Flush));
        inner.Flush(temporary);
    }

    public virtual void Publish(TemporaryBlock temporary, Digest digest)
    {
        BeforeStep(nameof(Publish));
        inner.Publish(temporary, digest);
    }

    public virtual void SyncShelf(int shelf)
    {
        BeforeStep(nameof(SyncShelf));
        inner.SyncShelf(shelf);
    }

    public void Discard(TemporaryBlock temporary)
    {
        BeforeStep(nameof(Discard));
        inner.Discard(temporary);
    }

    public bool MoveToTrash(Digest digest)
    {
        BeforeStep(nameof(MoveToTrash));
        return inner.MoveToTrash(digest);
    }

    public void EmptyTrash()
    {
        BeforeStep(nameof(EmptyTrash));
        inner.EmptyTrash();
    }

    public bool MoveToQuarantine(Digest digest)
    {
        BeforeStep(nameof(MoveToQuarantine));
        return inner.MoveToQuarantine(digest);
    }

    public string PathOf(Digest digest) => inner.PathOf(digest);

    public int? FindLength(Digest digest) => inner.FindLength(digest);

    public OpenBlock? TryOpen(Digest digest) => inner.TryOpen(digest);

    public OpenBlock? TryOpenUncached(Digest digest) => inner.TryOpenUncached(digest);

    public IEnumerable<StoredBlock> List(int shelf) => inner.List(shelf);
}
