using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Transfers.Formats;
using Appliance.Metadata.Images;

namespace Appliance.Images.Transfers;

/// <summary>Takes in an image that comes from somewhere else: its layers first, then, in one step, the image and its tags.</summary>
internal sealed class ImageInstaller(ImageDirectory images, LayerStore layers)
{
    /// <param name="package">The image.</param>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="tags">What stands for it from then on.</param>
    /// <param name="progress">Told of bytes as they are read.</param>
    /// <param name="cancellation">Leaves no image behind; layers that were whole are found again.</param>
    /// <exception cref="Core.Errors.ApplianceException">What is wrong with it; nothing is visible of it then.</exception>
    public async Task<Image> InstallAsync(
        ImagePackage package, ImageOrigin origin, IReadOnlyList<ImageReference> tags, Action<long> progress, CancellationToken cancellation)
    {
        ImageConfig config = ImageJson.Read(package.Config);
        Platforms.Require(config.Os, config.Architecture, package.Platform);
        List<LayerHold> held = [];
        try
        {
            foreach (PackagedLayer layer in package.Layers)
            {
                held.Add(await TakeAsync(layer, [.. held.Select(hold => hold.Name)], progress, cancellation).ConfigureAwait(false));
            }

            var image = new NewImage(Stored(config), held, origin) { Definition = Digest.Of([.. "package\0"u8, .. package.Config]), Tags = tags };
            return await images.CreateAsync(image, cancellation).ConfigureAwait(false);
        }
        finally
        {
            held.ForEach(hold => hold.Dispose());
        }
    }

    private async Task<LayerHold> TakeAsync(PackagedLayer layer, IReadOnlyList<string> below, Action<long> progress, CancellationToken cancellation)
    {
        if (layers.TryHold(layer.DiffId, below) is { } present)
        {
            progress(layer.SizeBytes);
            return present;
        }

        await using Stream source = await layer.OpenAsync(cancellation).ConfigureAwait(false);
        await using var counted = new CountingStream(source, progress);
        try
        {
            return await layers.UnpackAsync(
                new LayerArchive(counted) { DiffId = layer.DiffId, PackedDigest = layer.PackedDigest }, below, cancellation).ConfigureAwait(false);
        }
        catch (ApplianceException failure) when (failure.Kind == ErrorKind.InvalidArgument)
        {
            throw new ApplianceException(failure.Kind, $"Layer {below.Count + 1} (sha256:{layer.PackedDigest ?? layer.DiffId}): {failure.Message}", failure);
        }
    }

    // The layers are known by what they are here; an export states their digests anew.
    private static ImageConfig Stored(ImageConfig config)
    {
        var further = config.Further is null ? null : new Dictionary<string, System.Text.Json.JsonElement>(config.Further);
        further?.Remove("rootfs");
        return config with { Further = further is { Count: > 0 } ? further : null };
    }
}
