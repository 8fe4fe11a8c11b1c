using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Catalog;

namespace Appliance.Images.Building;

/// <summary>Finds the images that builds begin with.</summary>
public sealed class BaseImages(ImageDirectory images)
{
    /// <summary>Brings an image here that is not; answers null where it cannot. To be set by whoever can pull.</summary>
    public Func<ImageReference, CancellationToken, Task<Image?>> FetchAsync { get; set; } = (_, _) => Task.FromResult<Image?>(null);

    /// <param name="name">What follows FROM.</param>
    /// <param name="bases">What names mean that are no references: image ids.</param>
    /// <param name="cancellation">Ends the wait for a registry.</param>
    /// <exception cref="ApplianceException">NotFound: no such image is here; the message says how to bring it.</exception>
    public async Task<Image> GetAsync(string name, IReadOnlyDictionary<string, string> bases, CancellationToken cancellation)
    {
        if (bases.TryGetValue(name, out string? id))
        {
            return images.Get(ObjectId.Read<ImageId>(id));
        }

        ImageReference reference = ImageReference.Read(name);
        return images.FindWithStandIn(reference)
            ?? await FetchAsync(reference, cancellation).ConfigureAwait(false)
            ?? throw new ApplianceException(
                ErrorKind.NotFound,
                $"Base image '{reference.Familiar}' is not on this server. Bring it with 'appliance image import FILE --tag {reference.Familiar}' "
                + "(an OCI layout, 'docker save' or a root file system).");
    }
}
