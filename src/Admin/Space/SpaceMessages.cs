namespace Appliance.Admin.Space;

/// <summary>What takes the space. Keys are stable: <c>system df --json</c> prints them.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="DiskBytes">The size of its disk.</param>
/// <param name="FreeBytes">What of the disk is free.</param>
/// <param name="Objects">What clients made, as they see it.</param>
/// <param name="Stored">What lies on the disk.</param>
/// <param name="LogicalBytes">The lengths of all files in volumes and mounts.</param>
/// <param name="StoredBytes">What these take, each content once.</param>
/// <param name="ReclaimableBytes">What nothing refers to any more.</param>
/// <param name="SurveyedAt">As of when the lines are that are marked as approximate.</param>
/// <param name="Waiting">Deleted objects whose contents are being removed in the background.</param>
/// <param name="Volumes">The largest volumes.</param>
public sealed record SpaceReport(
    string Data,
    long DiskBytes,
    long FreeBytes,
    IReadOnlyList<ObjectSpace> Objects,
    IReadOnlyList<StoredSpace> Stored,
    long LogicalBytes,
    long StoredBytes,
    long ReclaimableBytes,
    DateTimeOffset SurveyedAt,
    long Waiting,
    IReadOnlyList<VolumeSpace> Volumes);

/// <summary>The objects of one kind. Files and bytes are null for kinds that are kept in the metadata.</summary>
public sealed record ObjectSpace(string Kind, long Count, long? Files, long? Bytes);

/// <summary>One part of the data directory.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Count">How many files, or of trees how many entries.</param>
/// <param name="Bytes">Their lengths.</param>
/// <param name="ReclaimableBytes">What of it could go; null where nothing ever can.</param>
/// <param name="IsApproximate">Whether the figures are those of the last survey.</param>
public sealed record StoredSpace(string Kind, long Count, long Bytes, long? ReclaimableBytes, bool IsApproximate);

/// <summary>One volume.</summary>
public sealed record VolumeSpace(string VolumeId, string? Name, string Environment, long Files, long Bytes);

/// <summary>What to prune: unfinished uploads of the last day, and sandboxes that ended lately, only when all of them are asked for.</summary>
public sealed record PruneRequest(bool DryRun, bool AllUnfinished, bool AllEnded = false);

/// <summary>What was removed, or would be. Keys are stable: <c>system prune --json</c> prints them.</summary>
/// <param name="DryRun">Whether nothing was removed.</param>
/// <param name="GraceSeconds">How long something must have been of no use.</param>
/// <param name="Items">By kind.</param>
/// <param name="Bytes">In all.</param>
/// <param name="FreeBytes">What of the disk is free now.</param>
public sealed record PruneReport(bool DryRun, double GraceSeconds, IReadOnlyList<PruneItem> Items, long Bytes, long FreeBytes);

/// <summary>So many things of one kind, and what they take.</summary>
public sealed record PruneItem(string Kind, long Count, long Bytes);
