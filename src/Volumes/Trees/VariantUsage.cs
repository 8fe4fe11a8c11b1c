namespace Appliance.Volumes.Trees;

/// <summary>A number of files and the sum of their lengths.</summary>
public readonly record struct VariantUsage(long Count, long Bytes)
{
    public VariantUsage Plus(long lengthBytes) => new(Count + 1, Bytes + lengthBytes);
}
