using System.Text.Json;
using Appliance.Core.Digests;
using Appliance.Core.Progress;
using Appliance.Images.Archives;
using Appliance.Images.Catalog;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Transfers.Export;

/// <summary>
/// Writes images as one tar file that is an OCI layout and at the same time what 'docker load' takes. A layer that several
/// of them have is in it once.
/// </summary>
public sealed class ImageExporter(ImageDirectory images, ImagePins pins)
{
    private const string BlobFolder = "blobs/sha256/";

    /// <param name="exported">The images, each with the names that it is to have there.</param>
    /// <param name="target">Gets a plain tar; without an end mark when it fails. Stays open.</param>
    /// <param name="progress">Told of bytes of files as they are written.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: an image was removed meanwhile.</exception>
    public async Task ExportAsync(
        IReadOnlyList<(Image Image, IReadOnlyList<ImageReference> Names)> exported, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        List<IDisposable> held = [];
        try
        {
            held.AddRange(exported.Select(one => pins.Hold(one.Image.Id)));
            var blobs = new BlobWriter(new TarWriter(target), progress);
            List<OciDescriptor> manifests = [];
            List<DockerArchiveEntry> entries = [];
            foreach ((Image image, IReadOnlyList<ImageReference> names) in exported)
            {
                (OciDescriptor manifest, DockerArchiveEntry entry) = await WriteImageAsync(blobs, image, cancellation).ConfigureAwait(false);
                manifests.AddRange(Named(manifest, names));
                entries.Add(entry with { RepoTags = [.. names.Where(name => name.Digest is null).Select(name => name.Familiar)] });
            }

            await blobs.WriteFileAsync("index.json", Write(new OciIndex { MediaType = MediaTypes.Index, Manifests = manifests }, ManifestJson.Default.OciIndex), cancellation).ConfigureAwait(false);
            await blobs.WriteFileAsync("manifest.json", Write<IReadOnlyList<DockerArchiveEntry>>(entries, ManifestJson.Default.IReadOnlyListDockerArchiveEntry), cancellation).ConfigureAwait(false);
            await blobs.WriteFileAsync(OciLayoutMark.FileName, Write(new OciLayoutMark(), ManifestJson.Default.OciLayoutMark), cancellation).ConfigureAwait(false);
            await blobs.EndAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            held.ForEach(hold => hold.Dispose());
        }
    }

    private async Task<(OciDescriptor Manifest, DockerArchiveEntry Entry)> WriteImageAsync(BlobWriter blobs, Image image, CancellationToken cancellation)
    {
        List<LayerExport> layers = [];
        foreach (string directory in images.DirectoriesInOrder(image))
        {
            layers.Add(await blobs.WriteLayerAsync(directory, cancellation).ConfigureAwait(false));
        }

        OciDescriptor config = await blobs.WriteBlobAsync(Configuration(image, layers), MediaTypes.Config, cancellation).ConfigureAwait(false);
        var manifest = new OciManifest
        {
            MediaType = MediaTypes.Manifest,
            Config = config,
            Layers = [.. layers.Select(layer => new OciDescriptor { MediaType = MediaTypes.Layer, Digest = BlobDigest.Write(layer.Digest), SizeBytes = layer.SizeBytes })],
        };
        OciDescriptor written = await blobs.WriteBlobAsync(Write(manifest, ManifestJson.Default.OciManifest), MediaTypes.Manifest, cancellation).ConfigureAwait(false);
        return (
            written with { Platform = new OciPlatform { Os = image.Config.Os, Architecture = image.Config.Architecture } },
            new DockerArchiveEntry
            {
                Config = PathOf(config.Digest), Layers = [.. layers.Select(layer => BlobFolder + layer.Digest)],
            });
    }

    private static byte[] Configuration(Image image, List<LayerExport> layers)
    {
        var root = new OciRootFileSystem { DiffIds = [.. layers.Select(layer => BlobDigest.Write(layer.Digest))] };
        Dictionary<string, JsonElement> further = new(image.Config.Further ?? [])
        {
            ["rootfs"] = JsonSerializer.SerializeToElement(root, ManifestJson.Default.OciRootFileSystem),
        };
        ImageConfig config = image.Config with { Further = further, History = HistoryFor(image.Config.History, layers.Count) };
        return JsonSerializer.SerializeToUtf8Bytes(config, ImageJson.Default.ImageConfig);
    }

    // Readers refuse a history that counts other layers than there are.
    private static IReadOnlyList<ImageHistoryEntry>? HistoryFor(IReadOnlyList<ImageHistoryEntry>? history, int layerCount) =>
        history?.Count(entry => !entry.IsEmptyLayer) == layerCount ? history : null;

    private static IEnumerable<OciDescriptor> Named(OciDescriptor manifest, IReadOnlyList<ImageReference> names) => names.Count == 0
        ? [manifest]
        : names.Select(name => manifest with
        {
            Annotations = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = name.Full,
                ["org.opencontainers.image.ref.name"] = name.Tag ?? name.Full,
            },
        });

    private static string PathOf(string digest) => BlobFolder + BlobDigest.Read(digest);

    private static byte[] Write<T>(T document, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(document, type);}
