using Appliance.Images.Catalog;
using Appliance.Images.Registries.Access;

namespace Appliance.Images.Building;

/// <summary>What a build has to say about the pull of an image that it begins with.</summary>
/// <param name="Report">Takes a line about what is done.</param>
/// <param name="ReadCredentialAsync">Who asks the registry; null for nobody in particular.</param>
public sealed record BasePulling(Func<string, ValueTask> Report, Func<CancellationToken, Task<RegistryCredential>>? ReadCredentialAsync);

/// <summary>An image to be pulled for a build.</summary>
/// <param name="Reference">Which.</param>
/// <param name="Credential">Who asks; null for what the server itself has.</param>
public sealed record BasePull(ImageReference Reference, RegistryCredential? Credential);
