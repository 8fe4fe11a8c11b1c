using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Reads an OCI layout: an index, manifests, and blobs by their digests.</summary>
internal static class OciLayoutReader
{
    private const string NameOfContainerd = "io.containerd.image.name";
    private const string NameOfOci = "org.opencontainers.image.ref.name";
    private const int NestingMax = 4;

    /// <summary>The images for this machine.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the layout is damaged, or holds none for this machine.</exception>
    public static async Task<IReadOnlyList<ImagePackage>> ReadAsync(IImageFiles files, CancellationToken cancellation)
    {
        OciIndex index = ManifestJson.Read(await DocumentFile.ReadAsync(files, "index.json", null, cancellation).ConfigureAwait(false), ManifestJson.Default.OciIndex, "index.json");
        List<(OciManifest Manifest, string? Name)> manifests = [];
        await CollectAsync(files, index.Manifests ?? [], null, manifests, 0, cancellation).ConfigureAwait(false);
        List<ImagePackage> packages = [];
        foreach ((OciManifest manifest, string? name) in manifests)
        {
            byte[] config = await ReadBlobAsync(files, manifest.Config!, cancellation).ConfigureAwait(false);
            packages.Add(new ImagePackage(
                name is null ? [] : [name], config, ManifestLayers.Of(manifest, config, layer => Task.FromResult(files.Open(PathOf(layer.Digest))))));
        }

        return packages;
    }

    private static async Task CollectAsync(
        IImageFiles files,
        IReadOnlyList<OciDescriptor> descriptors,
        string? inherited,
        List<(OciManifest, string?)> found,
        int depth,
        CancellationToken cancellation)
    {
        foreach (OciDescriptor descriptor in Platforms.Choose(descriptors))
        {
            string? name = NameOf(descriptor) ?? inherited;
            OciManifest manifest = ManifestJson.Read(
                await ReadBlobAsync(files, descriptor, cancellation).ConfigureAwait(false), ManifestJson.Default.OciManifest, descriptor.Digest);
            if (manifest.Manifests is { } nested && depth < NestingMax)
            {
                await CollectAsync(files, nested, name, found, depth + 1, cancellation).ConfigureAwait(false);
            }
            else if (manifest.Config is not null)
            {
                found.Add((manifest, name));
            }
            else
            {
                throw new ApplianceException(ErrorKind.InvalidArgument, $"'{descriptor.Digest}' of the archive is no image: it has no configuration.");
            }
        }
    }

    private static string? NameOf(OciDescriptor descriptor)
    {
        IReadOnlyDictionary<string, string>? annotations = descriptor.Annotations;
        string? name = annotations?.GetValueOrDefault(NameOfContainerd) ?? annotations?.GetValueOrDefault(NameOfOci);

        // A tag alone is no name: tools write it where the name is that of the file.
        return name is not null && (name.Contains(':') || name.Contains('/')) ? name : null;
    }

    private static Task<byte[]> ReadBlobAsync(IImageFiles files, OciDescriptor descriptor, CancellationToken cancellation) =>
        DocumentFile.ReadAsync(files, PathOf(descriptor.Digest), BlobDigest.Read(descriptor.Digest), cancellation);

    private static string PathOf(string digest) => $"blobs/sha256/{BlobDigest.Read(digest)}";
}
