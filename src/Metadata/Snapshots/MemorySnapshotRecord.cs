using Appliance.Core.Ids;

namespace Appliance.Metadata.Snapshots;

/// <summary>The row of one memory snapshot.</summary>
/// <param name="Id">Its id.</param>
/// <param name="WorkspaceId">Whose users may use it.</param>
/// <param name="TaskId">Of the container that it is of.</param>
/// <param name="CallKey">Of the call that asked for it: a repeated call gets the same snapshot.</param>
/// <param name="SandboxId">Of the sandbox that it is of.</param>
/// <param name="AppId">Whose sandboxes are made of it.</param>
/// <param name="Name">Of the sandbox; null for none.</param>
/// <param name="Definition">What sandboxes made of it are, in the engine's own form.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ImageId">Of the file system, once the snapshot is whole; its life is the snapshot's.</param>
/// <param name="Failure">Why there is none.</param>
public sealed record MemorySnapshotRecord(
    MemorySnapshotId Id,
    WorkspaceId WorkspaceId,
    TaskId TaskId,
    string CallKey,
    SandboxId SandboxId,
    AppId AppId,
    string? Name,
    byte[] Definition,
    DateTimeOffset CreatedAt,
    ImageId? ImageId = null,
    string? Failure = null);
