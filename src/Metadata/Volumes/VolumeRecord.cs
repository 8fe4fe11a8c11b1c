namespace Appliance.Metadata.Volumes;

/// <summary>One volume.</summary>
/// <param name="Key">A short number that its entries carry.</param>
/// <param name="Id">The object's id.</param>
/// <param name="Format">1 or 2: how clients send files to it. It is stored alike.</param>
/// <param name="Head">The newest version; 0 is the empty volume.</param>
/// <param name="IsStaging">Whether a commit has begun that has not ended.</param>
public sealed record VolumeRecord(long Key, string Id, int Format, long Head, bool IsStaging);
