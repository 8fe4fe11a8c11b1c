using Appliance.Core.Digests;

namespace Appliance.Images.Transfers.Formats;

/// <summary>Reads what 'docker save' writes.</summary>
internal static class DockerArchiveReader
{
    public const string ManifestName = "manifest.json";

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: the archive is damaged or incomplete.</exception>
    public static async Task<IReadOnlyList<ImagePackage>> ReadAsync(IImageFiles files, CancellationToken cancellation)
    {
        IReadOnlyList<DockerArchiveEntry> entries = ManifestJson.Read(
            await DocumentFile.ReadAsync(files, ManifestName, null, cancellation).ConfigureAwait(false), ManifestJson.Default.IReadOnlyListDockerArchiveEntry, ManifestName);
        List<ImagePackage> packages = [];
        foreach (DockerArchiveEntry entry in entries)
        {
            byte[] config = await DocumentFile.ReadAsync(files, entry.Config, DigestIn(entry.Config), cancellation).ConfigureAwait(false);
            IReadOnlyList<string> diffIds = ManifestLayers.DiffIds(config);
            IReadOnlyList<string> layers = entry.Layers ?? [];
            ManifestLayers.Require(diffIds.Count, layers.Count);
            packages.Add(new ImagePackage(
                entry.RepoTags ?? [],
                config,
                [.. layers.Zip(diffIds, (path, diffId) => new PackagedLayer(
                    BlobDigest.Read(diffId), null, files.LengthOf(path), _ => Task.FromResult(files.Open(path))))]));
        }

        return packages;
    }

    // The file is named after its digest in all versions that have been.
    private static Digest? DigestIn(string path) =>
        Digest.TryReadHex(Path.GetFileNameWithoutExtension(path), out Digest digest) ? digest : null;
}
