namespace Appliance.Volumes.Transfers;

/// <summary>What an import did.</summary>
/// <param name="Files">Files that were read and set.</param>
/// <param name="Bytes">Their lengths.</param>
/// <param name="Unchanged">Files that were there with the same length, mode and time, and were not read.</param>
/// <param name="Directories">Directories, empty ones among them.</param>
/// <param name="Links">Symbolic links.</param>
public readonly record struct ImportOutcome(long Files, long Bytes, long Unchanged, long Directories, long Links);
