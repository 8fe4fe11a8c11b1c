namespace Appliance.Admin.Bundles;

/// <summary>A file of a bundle that is yet to be written.</summary>
/// <param name="Member">What is known of it before.</param>
/// <param name="Bytes">About how long it is before it is packed.</param>
/// <param name="ExportAsync">Writes it, unpacked.</param>
internal sealed record BundlePart(BundleMember Member, long Bytes, Func<Stream, CancellationToken, Task> ExportAsync)
{
    /// <summary>Whether it goes in as it is.</summary>
    public bool IsPacked { get; init; }
}
