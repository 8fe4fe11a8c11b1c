using Appliance.Core.Ids;

namespace Appliance.Metadata.Apps;

/// <summary>What an app is beside an object: it stays on record when it has stopped.</summary>
/// <param name="Id">The object's.</param>
/// <param name="WorkspaceId">Whose it is.</param>
/// <param name="EnvironmentId">Where it runs.</param>
/// <param name="Description">Its name, or that of the program that began it.</param>
/// <param name="State">How it lives.</param>
/// <param name="Version">The deployed one; 0 before the first deployment.</param>
/// <param name="Tags">JSON, as its client gave them.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="CreatedBy">The name of the token, for people.</param>
/// <param name="DeployedAt">When the present version was deployed.</param>
/// <param name="StoppedAt">When it was over.</param>
public sealed record AppRecord(
    AppId Id,
    WorkspaceId WorkspaceId,
    EnvironmentId EnvironmentId,
    string Description,
    AppLife State,
    int Version,
    byte[] Tags,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    DateTimeOffset? DeployedAt = null,
    DateTimeOffset? StoppedAt = null);

/// <summary>How an app lives. The numbers are stored.</summary>
public enum AppLife
{
    /// <summary>It is being put together.</summary>
    Initializing = 1,

    /// <summary>As long as the client that began it.</summary>
    Ephemeral = 2,

    /// <summary>Until it is stopped, without a name.</summary>
    Detached = 3,

    /// <summary>Until it is stopped, under its name.</summary>
    Deployed = 4,

    Stopped = 5,
}
