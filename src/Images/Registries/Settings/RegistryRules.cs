using Appliance.Core.Errors;
using Appliance.Images.Catalog;

namespace Appliance.Images.Registries.Settings;

/// <summary>What is known of registries: which there are instead of others, and how to speak to them.</summary>
/// <param name="ByHost">Those that are named.</param>
/// <param name="Others">What holds for all others.</param>
/// <param name="File">Where it was read, for messages.</param>
internal sealed record RegistryRules(IReadOnlyDictionary<string, RegistryRule> ByHost, RegistryRule Others, string File)
{
    public RegistryRule Find(string host) => ByHost.GetValueOrDefault(RegistryPlace.HostOf(host)) ?? Others;

    /// <summary>Of the host that an address leads to.</summary>
    public RegistryRule Find(Uri address) => ByHost.GetValueOrDefault(RegistryPlace.HostOf(address))
        ?? ByHost.GetValueOrDefault($"{address.Host}:{address.Port}") ?? Others;

    /// <summary>Where an image is looked for, in this order.</summary>
    /// <exception cref="ApplianceException">PermissionDenied: nowhere.</exception>
    public IReadOnlyList<RegistryPlace> PlacesOf(ImageReference reference)
    {
        RegistryRule rule = Find(reference.Registry);
        IReadOnlyList<RegistryPlace> places = rule.IsBlocked ? rule.Mirrors : [.. rule.Mirrors, new RegistryPlace(reference.Registry, "")];
        return places.Count > 0 ? places : throw new ApplianceException(
            ErrorKind.PermissionDenied, $"The registry '{reference.Registry}' is blocked by '{File}', and has no mirror there.");
    }
}
