using Appliance.Core.Ids;

namespace Appliance.Objects;

/// <summary>How a client asks for an object.</summary>
/// <param name="Name">Empty for anonymous ones.</param>
/// <param name="EnvironmentName">Empty for the default environment.</param>
/// <param name="Mode">What to do when it is, or is not, there.</param>
/// <param name="AppId">The owner, for <see cref="CreationMode.OwnedByApp"/>.</param>
/// <param name="Life">How long an ephemeral one lives without heartbeats, where that is not the same for all kinds.</param>
public sealed record ObjectRequest(
    string Name, string EnvironmentName, CreationMode Mode, AppId? AppId = null, TimeSpan? Life = null);
