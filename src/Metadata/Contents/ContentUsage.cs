namespace Appliance.Metadata.Contents;

/// <summary>How much is stored as contents, and how much of it could go.</summary>
public readonly record struct ContentUsage(long Count, long Bytes, long UnreferencedCount, long UnreferencedBytes);
