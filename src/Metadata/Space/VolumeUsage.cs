namespace Appliance.Metadata.Space;

/// <summary>How much one volume holds, by the name that people know.</summary>
public sealed record VolumeUsage(string Id, string? Name, string Environment, long Files, long Bytes);
