namespace Appliance.Identity.WorkloadTokens;

/// <summary>What the bearer of a workload token is.</summary>
/// <param name="WorkspaceId">Whose it is.</param>
/// <param name="EnvironmentId">Where it belongs.</param>
/// <param name="EnvironmentName">The name of that.</param>
/// <param name="AppId">Its app.</param>
/// <param name="AppName">The name of that; empty for an app without one.</param>
/// <param name="ContainerId">The container that runs it.</param>
public sealed record WorkloadSubject(
    string WorkspaceId, string EnvironmentId, string EnvironmentName, string AppId, string AppName, string ContainerId);
