using Appliance.Core.Ids;

namespace Appliance.Objects;

/// <summary>How a client asks for an object.</summary>
/// <param name="Name">Empty for anonymous ones.</param>
/// <param name="EnvironmentName">Empty for the default environment.</param>
/// <param name="Mode">What to do when it is, or is not, there.</param>
/// <param name="AppId">The owner, for <see cref="CreationMode.OwnedByApp"/>.</param>
public sealed record ObjectRequest(string Name, string EnvironmentName, CreationMode Mode, AppId? AppId = null);
