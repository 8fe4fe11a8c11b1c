namespace Appliance.Metadata.Blobs;

/// <summary>What blobs take on the disk.</summary>
/// <param name="StoredCount">Whole ones.</param>
/// <param name="StoredBytes">Of those. A file that was linked to another place counts here, too.</param>
/// <param name="AwaitedCount">Uploads that are not finished.</param>
public sealed record BlobUsage(long StoredCount, long StoredBytes, long AwaitedCount);
