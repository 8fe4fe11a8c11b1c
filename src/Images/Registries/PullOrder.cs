using Appliance.Images.Catalog;
using Appliance.Images.Registries.Access;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Registries;

/// <summary>What is to be pulled.</summary>
/// <param name="Reference">The image as its registry calls it.</param>
public sealed record PullOrder(ImageReference Reference)
{
    /// <summary>What to call it here; null for the same.</summary>
    public ImageReference? Tag { get; init; }

    /// <summary>The machine that it is for; null for this one.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>For the registry itself, not for mirrors of it; null for what is kept for it, if anything.</summary>
    public RegistryCredential? Credential { get; init; }
}
