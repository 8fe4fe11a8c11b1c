using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Metadata.Sandboxes;

/// <summary>The row of one sandbox.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TaskId">Of its container.</param>
/// <param name="WorkspaceId">Whose users may see it.</param>
/// <param name="CreatedBy">The token that asked for it.</param>
/// <param name="EnvironmentId">Where it belongs.</param>
/// <param name="AppId">Whose it is.</param>
/// <param name="Name">Unique among the running ones of the app; null for none.</param>
/// <param name="Definition">What it was asked to be, in the engine's own form.</param>
/// <param name="CreatedAt">Unique within the environment: clients page by it.</param>
/// <param name="StartedAt">When its first process began; null before.</param>
/// <param name="ReadyAt">When its readiness probe first succeeded.</param>
/// <param name="EndedAt">When it ended; null before.</param>
/// <param name="Ending">How it ended, or, while it has not, how it is being ended.</param>
/// <param name="ExitCode">Of its first process, once it has ended.</param>
/// <param name="Message">What there is to say about the end, for people.</param>
/// <param name="FunctionId">The function whose inputs it works on; null for a sandbox that a client asked for.</param>
public sealed record SandboxRecord(
    SandboxId Id,
    TaskId TaskId,
    WorkspaceId WorkspaceId,
    TokenId CreatedBy,
    EnvironmentId EnvironmentId,
    AppId AppId,
    string? Name,
    byte[] Definition,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? ReadyAt = null,
    DateTimeOffset? EndedAt = null,
    SandboxEnding? Ending = null,
    int ExitCode = 0,
    string? Message = null,
    FunctionId? FunctionId = null);

/// <summary>How a sandbox ends. The numbers are stored.</summary>
public enum SandboxEnding
{
    /// <summary>Its first process ended with 0.</summary>
    Success = 1,

    /// <summary>Its first process ended otherwise.</summary>
    Failure = 2,

    /// <summary>A client asked for it.</summary>
    Terminated = 3,

    /// <summary>Its time was up.</summary>
    Timeout = 4,

    /// <summary>It could not be started.</summary>
    StartFailure = 5,

    /// <summary>Its container was lost: a reboot, a killed supervisor.</summary>
    Lost = 6,

    /// <summary>Nobody used it for as long as was agreed.</summary>
    IdleTimeout = 7,

    /// <summary>It needed more memory than it may have.</summary>
    OutOfMemory = 8,
}
