namespace Appliance.Metadata.Snapshots;

/// <summary>What became of the snapshot of an ended sandbox; both null while it is being made.</summary>
public sealed record ExitSnapshotRecord(string? ImageId, string? Failure);
