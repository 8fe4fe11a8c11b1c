namespace Appliance.Metadata.Volumes;

/// <summary>A directory tree on disk that holds what changed between two versions of a volume.</summary>
/// <param name="Number">Names its directory; layers made later have higher numbers.</param>
/// <param name="FromVersion">0 for the lowest layer, which holds a whole version.</param>
/// <param name="ToVersion">The version that this layer and those below it show.</param>
/// <param name="EntryCount">How many files and directories it holds.</param>
/// <param name="BootId">The boot in which it was made, while it may not have reached the disk yet; null once it has.</param>
public sealed record VolumeLayerRecord(long Number, long FromVersion, long ToVersion, long EntryCount, string? BootId);
