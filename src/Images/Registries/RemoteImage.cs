using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Registries.Transport;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Registries;

/// <summary>An image in a registry: its manifest and its configuration, with their digests compared.</summary>
/// <param name="Manifest">Of the one for the machine that is wanted.</param>
/// <param name="Config">Byte for byte.</param>
internal sealed record RemoteImage(OciManifest Manifest, byte[] Config)
{
    private const int NestingMax = 4;
    private const string DigestHeader = "Docker-Content-Digest";

    private static readonly string[] ManifestTypes = [MediaTypes.Index, MediaTypes.DockerList, MediaTypes.Manifest, MediaTypes.DockerManifest];

    /// <exception cref="ApplianceException">NotFound: no such image. InvalidArgument: it is damaged, or for other machines. Others: the registry.</exception>
    public static async Task<RemoteImage> ReadAsync(
        RegistryClient client, ImageReference reference, ImagePlatform platform, CancellationToken cancellation)
    {
        Digest? expected = reference.Digest is { } wanted ? BlobDigest.Read(wanted) : null;
        OciManifest manifest = await ReadManifestAsync(
            client, $"manifests/{reference.Digest ?? reference.Tag}", $"image '{reference.Familiar}'", expected, cancellation).ConfigureAwait(false);
        for (int depth = 0; manifest.Manifests is { } choices; depth++)
        {
            OciDescriptor chosen = Platforms.Choose(choices, platform) is [var first, ..] && depth < NestingMax
                ? first
                : throw new ApplianceException(ErrorKind.InvalidArgument, $"'{reference.Familiar}' is a list that leads to no image.");
            manifest = await ReadManifestAsync(
                client, $"manifests/{chosen.Digest}", $"manifest {chosen.Digest} of '{reference.Familiar}'", BlobDigest.Read(chosen.Digest), cancellation).ConfigureAwait(false);
        }

        if (manifest.Config is not { } config)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, manifest.SchemaVersion == 1
                ? $"'{reference.Familiar}' has a manifest of the form that registries had before 2016: push it anew with a current program."
                : $"'{reference.Familiar}' is no image: it has no configuration.");
        }

        byte[] bytes = await ReadDocumentAsync(
            client, $"blobs/{config.Digest}", $"configuration {config.Digest}", [], BlobDigest.Read(config.Digest), cancellation).ConfigureAwait(false);
        return new RemoteImage(manifest, bytes);
    }

    private static async Task<OciManifest> ReadManifestAsync(
        RegistryClient client, string path, string what, Digest? expected, CancellationToken cancellation) => ManifestJson.Read(
            await ReadDocumentAsync(client, path, what, ManifestTypes, expected, cancellation).ConfigureAwait(false), ManifestJson.Default.OciManifest, what);

    private static async Task<byte[]> ReadDocumentAsync(
        RegistryClient client, string path, string what, IReadOnlyList<string> accepted, Digest? expected, CancellationToken cancellation)
    {
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage response = await client.OpenAsync(path, what, accepted, 0, cancellation).ConfigureAwait(false);
            try
            {
                await response.Content.LoadIntoBufferAsync(DocumentFile.LengthMax, cancellation).ConfigureAwait(false);
                byte[] bytes = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
                Check(client, what, bytes, expected ?? Stated(response));
                return bytes;
            }
            catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
            {
                throw new ApplianceException(ErrorKind.InvalidArgument, $"The {what} at '{client.Place}' is longer than {DocumentFile.LengthMax} bytes.", fault);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException && attempt < client.Times.Pauses.Count)
            {
                await client.PauseAsync(attempt, null, cancellation).ConfigureAwait(false);
            }
            catch (Exception fault) when (fault is HttpRequestException or IOException)
            {
                throw new ApplianceException(ErrorKind.Unavailable, $"'{client.Place}' broke off the {what} again and again: {fault.Message}", fault);
            }
        }
    }

    private static Digest? Stated(HttpResponseMessage response) =>
        response.Headers.TryGetValues(DigestHeader, out IEnumerable<string>? values) && values.First().StartsWith("sha256:", StringComparison.Ordinal)
            ? BlobDigest.Read(values.First())
            : null;

    private static void Check(RegistryClient client, string what, byte[] bytes, Digest? expected)
    {
        if (expected is { } digest && Digest.Of(bytes) is var found && found != digest)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"The {what} from '{client.Place}' should have the digest sha256:{digest} and has sha256:{found}: it was damaged or exchanged.");
        }
    }
}
