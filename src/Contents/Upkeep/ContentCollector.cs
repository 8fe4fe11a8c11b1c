using Appliance.Blocks.Leases;
using Appliance.Contents.Assembly;
using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Contents;
using Appliance.Native.Files;

namespace Appliance.Contents.Upkeep;

/// <summary>Gives back the space of contents that no file refers to any more, and of uploads that were given up.</summary>
public sealed class ContentCollector
{
    private readonly MetadataStore metadata;
    private readonly CollectionHolds holds;
    private readonly ContentLayout layout;
    private readonly AssemblyTable assemblies;
    private readonly ContentPublisher publisher;

    internal ContentCollector(
        MetadataStore metadata, CollectionHolds holds, ContentLayout layout, AssemblyTable assemblies, ContentPublisher publisher)
    {
        this.metadata = metadata;
        this.holds = holds;
        this.layout = layout;
        this.assemblies = assemblies;
        this.publisher = publisher;
    }

    /// <summary>Removes what has been without a reference, or without progress, since that moment.</summary>
    /// <returns>How many contents were removed.</returns>
    public async Task<int> CollectAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        int removed = await CollectUnreferencedAsync(since, cancellation).ConfigureAwait(false);
        CollectUnfinished(since, cancellation);
        return removed;
    }

    /// <summary>Removes contents that nothing has referred to since that moment.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> CollectUnreferencedAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        DateTimeOffset limit = holds.Limit(since);
        int removed = 0;
        while (await publisher.TryCollectAsync(limit, cancellation).ConfigureAwait(false))
        {
            removed++;
        }

        foreach (FileInfo file in layout.Shelves.SelectMany(shelf => OldFiles(shelf, limit)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Digest.TryReadHex(file.Directory!.Name + file.Name, out Digest id)
                && metadata.Read(read => ContentRows.Find(read, id)) is null)
            {
                await publisher.CollectStrayAsync(id, cancellation).ConfigureAwait(false);
            }
        }

        return removed;
    }

    /// <summary>Gives up uploads to which nothing was added since that moment.</summary>
    /// <returns>How many, and what they took on the disk.</returns>
    public (int Count, long Bytes) CollectUnfinished(DateTimeOffset since, CancellationToken cancellation)
    {
        (int Count, long Bytes) removed = default;
        foreach (FileInfo part in OldFiles(layout.Parts, since))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Digest.TryReadHex(part.Name, out Digest id))
            {
                removed = (removed.Count + 1, removed.Bytes + AllocatedBytes(part.FullName));
                assemblies.Abandon(id);
            }
        }

        return removed;
    }

    /// <summary>What is stored, and what of it nothing refers to.</summary>
    public ContentUsage ReadUsage() => metadata.Read(ContentRows.ReadUsage);

    /// <summary>How many contents a collection would remove that has this moment for its limit, and their bytes.</summary>
    public (long Count, long Bytes) ReadCollectable(DateTimeOffset since) =>
        metadata.Read(read => ContentRows.ReadUnreferenced(read, holds.Limit(since)));

    /// <summary>Uploads to which nothing was added since that moment, and what they take on the disk.</summary>
    public (int Count, long Bytes) ReadUnfinished(DateTimeOffset since) => OldFiles(layout.Parts, since)
        .Aggregate((Count: 0, Bytes: 0L), (sum, part) => (sum.Count + 1, sum.Bytes + AllocatedBytes(part.FullName)));

    private static long AllocatedBytes(string path) => FileStatus.Find(path)?.AllocatedBytes ?? 0;

    private static IEnumerable<FileInfo> OldFiles(string folder, DateTimeOffset since) =>
        new DirectoryInfo(folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < since.UtcDateTime);
}
