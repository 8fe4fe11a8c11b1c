using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Progress;
using Appliance.Core.Streams;
using Appliance.Images.Archives;
using Appliance.Images.Transfers.Formats;
using Appliance.Native.Directories;

namespace Appliance.Images.Transfers.Export;

/// <summary>Puts files and blobs into an OCI layout that is a tar file; each blob once.</summary>
internal sealed class BlobWriter(TarWriter tar, TransferProgress progress)
{
    private readonly HashSet<Digest> written = [];
    private readonly Dictionary<string, LayerExport> layers = new(StringComparer.Ordinal);

    public async Task<LayerExport> WriteLayerAsync(string directory, CancellationToken cancellation)
    {
        if (layers.TryGetValue(directory, out LayerExport? known))
        {
            return known;
        }

        LayerExport layer = await LayerExport.MeasureAsync(directory, cancellation).ConfigureAwait(false);
        layers.Add(directory, layer);
        if (written.Add(layer.Digest))
        {
            await tar.BeginAsync(Entry($"blobs/sha256/{layer.Digest}", layer.SizeBytes), cancellation).ConfigureAwait(false);
            await using var data = new EntryDataStream(tar);
            await layer.WriteAsync(data, progress.AddBytes, cancellation).ConfigureAwait(false);
        }

        return layer;
    }

    public async Task<OciDescriptor> WriteBlobAsync(byte[] content, string mediaType, CancellationToken cancellation)
    {
        Digest digest = Digest.Of(content);
        if (written.Add(digest))
        {
            await WriteFileAsync($"blobs/sha256/{digest}", content, cancellation).ConfigureAwait(false);
        }

        return new OciDescriptor { MediaType = mediaType, Digest = BlobDigest.Write(digest), SizeBytes = content.Length };
    }

    public ValueTask WriteFileAsync(string path, byte[] content, CancellationToken cancellation) =>
        tar.WriteAsync(Entry(path, content.Length), content, cancellation);

    public ValueTask EndAsync(CancellationToken cancellation) => tar.EndAsync(cancellation);

    private static TarEntry Entry(string path, long sizeBytes) => new()
    {
        Kind = TarKind.File, Name = Encoding.UTF8.GetBytes(path), Mode = 0x1A4, SizeBytes = sizeBytes, ModifiedAt = default(NodeTime),
    };

    /// <summary>The data of the entry that was begun.</summary>
    private sealed class EntryDataStream(TarWriter tar) : OneWayStream
    {
        public override bool CanWrite => true;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            tar.WriteDataAsync(buffer, cancellationToken);
    }
}
