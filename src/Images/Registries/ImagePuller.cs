using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Registries.Access;
using Appliance.Images.Registries.Layers;
using Appliance.Images.Registries.Settings;
using Appliance.Images.Registries.Transport;
using Appliance.Images.Transfers;
using Appliance.Images.Transfers.Formats;
using Appliance.Metadata.Images;

namespace Appliance.Images.Registries;

/// <summary>
/// Fetches images from registries, or from mirrors of them. An image and its tag become visible in one step, or not at all;
/// layers that are here already are not fetched.
/// </summary>
/// <param name="images">Gets them.</param>
/// <param name="layers">Gets their layers.</param>
/// <param name="directory">For archives until they are unpacked; what is not whole is kept there for a day.</param>
/// <param name="registries">The file that says how registries are reached; may be missing.</param>
/// <param name="clock">Measures pauses.</param>
public sealed class ImagePuller(ImageDirectory images, LayerStore layers, string directory, string registries, TimeProvider clock)
{
    private readonly ImageInstaller installer = new(images, layers);

    /// <summary>How long registries are waited for.</summary>
    public RegistryTimes Times { get; init; } = new();

    /// <summary>Where this process's logins are; null for none.</summary>
    public string? LoginFile { get; init; } = DockerLogins.FileOfUser();

    /// <exception cref="ApplianceException">
    /// NotFound: the image. Unauthenticated or PermissionDenied: who asks. Unavailable: the network or the registry.
    /// FailedPrecondition: TLS. InvalidArgument: what is wrong with the image or the settings. ResourceExhausted: the disk.
    /// </exception>
    public async Task<Image> PullAsync(PullOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        RegistryRules rules = RegistriesFile.Read(registries);
        DownloadFile.Sweep(directory, clock.GetUtcNow());
        List<(RegistryPlace Place, ApplianceException Failure)> failures = [];
        foreach (RegistryPlace place in rules.PlacesOf(order.Reference))
        {
            try
            {
                progress.Set(0, 0, 0);
                return await PullAsync(place, rules, order, progress, cancellation).ConfigureAwait(false);
            }
            catch (ApplianceException failure) when (failure.Kind != ErrorKind.ResourceExhausted)
            {
                failures.Add((place, failure));
            }
        }

        ApplianceException last = failures[^1].Failure;
        throw failures.Count == 1 ? last : new ApplianceException(
            last.Kind, $"No place has a usable image '{order.Reference.Familiar}'. {string.Join(" ", Described(failures))}", last);
    }

    private static List<string> Described(List<(RegistryPlace Place, ApplianceException Failure)> failures)
    {
        List<string> texts = [];
        foreach ((RegistryPlace place, ApplianceException failure) in failures)
        {
            texts.Add($"{place}: {failure.Message}");
        }

        return texts;
    }

    private async Task<Image> PullAsync(
        RegistryPlace place, RegistryRules rules, PullOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        bool isOrigin = place.Host == order.Reference.Registry && place.Prefix.Length == 0;
        RegistryCredential? credential = (isOrigin ? order.Credential : null) ?? DockerLogins.Find(LoginFile, place.Host);
        using var connections = new RegistryConnections(rules, Times);
        var client = new RegistryClient(place, order.Reference.Repository, credential, connections, clock);
        ImagePlatform platform = order.Platform ?? ImagePlatform.OfThisMachine;
        RemoteImage remote = await RemoteImage.ReadAsync(client, order.Reference, platform, cancellation).ConfigureAwait(false);
        await using var downloads = new LayerDownloads(client, layers, directory, progress.AddBytes, cancellation);
        IReadOnlyList<PackagedLayer> packaged = ManifestLayers.Of(
            remote.Manifest, remote.Config, layer => Task.FromResult<Stream>(new GrowingStream(downloads.Begin(new RemoteLayer(layer.Digest, layer.SizeBytes)))));
        using IDisposable present = Prepare(packaged, downloads, progress);
        var package = new ImagePackage([], remote.Config, packaged) { Platform = platform };
        try
        {
            return await installer.InstallAsync(package, ImageOrigin.Pulled, [order.Tag ?? order.Reference], _ => { }, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or ApplianceException { Kind: ErrorKind.Unavailable })
        {
            downloads.Keep();
            throw;
        }
    }

    /// <summary>Holds the layers that are here, and begins to fetch the others.</summary>
    private HeldLayers Prepare(IReadOnlyList<PackagedLayer> packaged, LayerDownloads downloads, TransferProgress progress)
    {
        var held = new HeldLayers();
        try
        {
            long missing = 0;
            HashSet<RemoteLayer> wanted = [];
            foreach (PackagedLayer layer in packaged)
            {
                if (held.TryAdd(layers, layer.DiffId))
                {
                    progress.AddTotal(layer.SizeBytes);
                    progress.AddBytes(layer.SizeBytes);
                }
                else if (wanted.Add(new RemoteLayer(BlobDigest.Write(layer.PackedDigest!.Value), layer.SizeBytes)))
                {
                    progress.AddTotal(layer.SizeBytes);
                    missing += layer.SizeBytes;
                }
            }

            layers.NewRoom().Ensure(missing);
            foreach (RemoteLayer layer in wanted)
            {
                downloads.Begin(layer);
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }
}
