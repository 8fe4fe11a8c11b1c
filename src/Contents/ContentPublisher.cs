using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Native.Files;

namespace Appliance.Contents;

/// <summary>
/// Gives whole contents their final name and their row. One at a time, and never while one is being collected: what
/// has a row has a file.
/// </summary>
internal sealed class ContentPublisher(MetadataStore metadata, ContentLayout layout)
{
    private readonly SemaphoreSlim turn = new(1);

    public bool IsStored(FileShape shape) => IsStored(shape.Id);

    public bool IsStored(Digest id) => metadata.Read(read => ContentRows.IsThere(read, id));

    /// <summary>The same, but waits for a publication that is under way: its file is moved before it has a row.</summary>
    public async Task<bool> IsStoredInTurnAsync(Digest id, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        turn.Release();
        return IsStored(id);
    }

    /// <summary>Keeps a stored content for another while; false when it is not stored.</summary>
    public async Task<bool> TryRenewAsync(FileShape shape, CancellationToken cancellation) =>
        IsStored(shape) && await TryRenewInTurnAsync(shape, cancellation).ConfigureAwait(false);

    /// <summary>The same, but waits for a publication that is under way.</summary>
    public async Task<bool> TryRenewInTurnAsync(FileShape shape, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!IsStored(shape))
            {
                return false;
            }

            await AddRowAsync(shape).ConfigureAwait(false);
            return true;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Moves a file, whose bytes are whole and durable, to its final name.</summary>
    public async Task PublishAsync(FileShape shape, string path, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (IsStored(shape))
            {
                // Somebody else was faster with the same bytes.
                File.Delete(path);
                await AddRowAsync(shape).ConfigureAwait(false);
                return;
            }

            string target = layout.File(shape.Id);
            File.SetUnixFileMode(path, PrivateFile.Readable);
            PosixFile.Rename(path, target);
            DirectorySync.Flush(Path.GetDirectoryName(target)!);
            await AddRowAsync(shape).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes one content that nothing has referred to since then; false when there is none.</summary>
    public async Task<bool> TryCollectAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            Digest? removed = null;
            await metadata.WriteAsync(write => removed = ContentRows.RemoveUnreferenced(write, since), CancellationToken.None).ConfigureAwait(false);
            if (removed is { } id && PosixFile.TryRename(layout.File(id), layout.Doomed(id)))
            {
                File.Delete(layout.Doomed(id));
            }

            return removed is not null;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes a file that has no row and is that old: its upload ended between name and row.</summary>
    public async Task CollectStrayAsync(Digest id, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (!IsStored(id))
            {
                File.Delete(layout.File(id));
            }
        }
        finally
        {
            turn.Release();
        }
    }

    private Task AddRowAsync(FileShape shape) => metadata.WriteAsync(
        write => ContentRows.Ensure(write, new ContentRecord(shape.Id, shape.SizeBytes, shape.Blocks)), CancellationToken.None);
}
