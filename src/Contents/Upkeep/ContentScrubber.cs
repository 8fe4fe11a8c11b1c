using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Contents;

namespace Appliance.Contents.Upkeep;

/// <summary>
/// Compares long files with their digests, no faster than it is told to. A damaged one is named and stays where it is:
/// trees of volumes have names for it, and most of its bytes may still be of use.
/// </summary>
public sealed class ContentScrubber
{
    private const int ChunkBytes = 1024 * 1024;

    private readonly MetadataStore metadata;
    private readonly ContentLayout layout;
    private readonly Func<FileContent, Stream> open;
    private readonly TimeProvider time;

    internal ContentScrubber(MetadataStore metadata, ContentLayout layout, Func<FileContent, Stream> open, TimeProvider time)
    {
        this.metadata = metadata;
        this.layout = layout;
        this.open = open;
        this.time = time;
    }

    /// <summary>Verifies the contents whose ids begin with this byte.</summary>
    public async Task<ScrubReport> ScrubShelfAsync(int shelf, long bytesPerSecondMax, CancellationToken cancellation)
    {
        List<Digest> damaged = [];
        (long count, long bytes) = (0, 0);
        byte[] chunk = new byte[ChunkBytes];
        long startedAt = time.GetTimestamp();
        foreach (string path in Directory.EnumerateFiles(layout.Shelves.ElementAt(shelf)))
        {
            if (Find(path) is not { } record)
            {
                continue;
            }

            try
            {
                await using Stream content = open(new FileContent(ContentForm.File, record.Id, record.SizeBytes));
                while (await content.ReadAsync(chunk, cancellation).ConfigureAwait(false) is > 0 and var read)
                {
                    bytes += read;
                    TimeSpan ahead = TimeSpan.FromSeconds((double)bytes / bytesPerSecondMax) - time.GetElapsedTime(startedAt);
                    await Task.Delay(ahead > TimeSpan.Zero ? ahead : TimeSpan.Zero, time, cancellation).ConfigureAwait(false);
                }

                count++;
            }
            catch (Exception fault) when (fault is IOException or ApplianceException { Kind: ErrorKind.DataLoss })
            {
                damaged.Add(record.Id);
            }
            catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
            {
                // Removed while it waited for its turn.
            }
        }

        return new ScrubReport(count, bytes, damaged);
    }

    /// <summary>Where a content lies, for a person to look at.</summary>
    public string PathOf(Digest id) => layout.File(id);

    private ContentRecord? Find(string path) =>
        Digest.TryReadHex(Path.GetFileName(Path.GetDirectoryName(path)) + Path.GetFileName(path), out Digest id)
            ? metadata.Read(read => ContentRows.Find(read, id))
            : null;
}
