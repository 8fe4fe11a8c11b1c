using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>Finds the images that builds begin with.</summary>
public sealed class BaseImages(ImageDirectory images)
{
    private readonly LayerTurns turns = new();

    /// <summary>Brings an image here that is not, or fails with the reason. To be set by whoever can pull; null where nobody may.</summary>
    public Func<BasePull, CancellationToken, Task<Image>>? PullAsync { get; set; }

    /// <param name="name">What follows FROM.</param>
    /// <param name="bases">What names mean that are no references: image ids.</param>
    /// <param name="pulling">How it would be pulled.</param>
    /// <param name="cancellation">Ends the wait for a registry.</param>
    /// <exception cref="ApplianceException">NotFound: no such image is here; the message says how to bring it.</exception>
    public async Task<Image> GetAsync(
        string name, IReadOnlyDictionary<string, string> bases, BasePulling pulling, CancellationToken cancellation)
    {
        if (bases.TryGetValue(name, out string? id))
        {
            return images.Get(ObjectId.Read<ImageId>(id));
        }

        ImageReference reference = ImageReference.Read(name);
        return images.Resolve(reference.Full) ?? await FetchAsync(reference, pulling, cancellation).ConfigureAwait(false);
    }

    private async Task<Image> FetchAsync(ImageReference reference, BasePulling pulling, CancellationToken cancellation)
    {
        if (PullAsync is null)
        {
            throw Missing(reference, "", null);
        }

        // Of several builds that need it, one pulls it.
        using IDisposable turn = await turns.TakeAsync(Digest.Of(Encoding.UTF8.GetBytes(reference.Full)), cancellation).ConfigureAwait(false);
        if (images.Resolve(reference.Full) is { } pulled)
        {
            return pulled;
        }

        try
        {
            await pulling.Report($"=> pulling {reference.Full}\n").ConfigureAwait(false);
            var credential = pulling.ReadCredentialAsync is { } read ? await read(cancellation).ConfigureAwait(false) : null;
            return await PullAsync(new BasePull(reference, credential), cancellation).ConfigureAwait(false);
        }
        catch (ApplianceException failure) when (failure.Kind != ErrorKind.ResourceExhausted)
        {
            throw Missing(reference, $", and could not be pulled: {failure.Message.TrimEnd('.')}", failure);
        }
    }

    private static ApplianceException Missing(ImageReference reference, string reason, ApplianceException? cause) => new(
        cause?.Kind ?? ErrorKind.NotFound,
        $"Base image '{reference.Familiar}' is not on this server{reason}. Bring it with 'appliance image import FILE --tag {reference.Familiar}' "
        + "(an OCI layout, 'docker save' or a root file system)." + DebianSlimRecipe.HintFor(reference),
        cause);
}
