using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Contents;

namespace Appliance.Contents.Upkeep;

/// <summary>Gives back the space of contents that no file refers to any more, and of uploads that were given up.</summary>
public sealed class ContentCollector
{
    private readonly MetadataStore metadata;
    private readonly ContentLayout layout;
    private readonly ContentPublisher publisher;

    internal ContentCollector(MetadataStore metadata, ContentLayout layout, ContentPublisher publisher)
    {
        this.metadata = metadata;
        this.layout = layout;
        this.publisher = publisher;
    }

    /// <summary>Removes what has been without a reference, or without progress, since that moment.</summary>
    /// <returns>How many contents were removed.</returns>
    public async Task<int> CollectAsync(DateTimeOffset since, CancellationToken cancellation)
    {
        int removed = 0;
        while (await publisher.TryCollectAsync(since, cancellation).ConfigureAwait(false))
        {
            removed++;
        }

        foreach (FileInfo part in OldFiles(layout.Parts, since))
        {
            part.Delete();
        }

        foreach (FileInfo file in layout.Shelves.SelectMany(shelf => OldFiles(shelf, since)))
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

    /// <summary>What is stored, and what of it could go.</summary>
    public ContentUsage ReadUsage() => metadata.Read(ContentRows.ReadUsage);

    /// <summary>The bytes on disk of uploads that are not finished.</summary>
    public long ReadUnfinishedBytes() => new DirectoryInfo(layout.Parts).EnumerateFiles().Sum(file => file.Length);

    private static IEnumerable<FileInfo> OldFiles(string folder, DateTimeOffset since) =>
        new DirectoryInfo(folder).EnumerateFiles().Where(file => file.LastWriteTimeUtc < since.UtcDateTime);
}
