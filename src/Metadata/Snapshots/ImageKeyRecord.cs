namespace Appliance.Metadata.Snapshots;

/// <summary>What tells whether a key is an image's, and not what the key is.</summary>
public sealed record ImageKeyRecord(byte[] Salt, byte[] Hash);
