using Appliance.Admin.Images;
using Appliance.Admin.Transfers;

namespace Appliance.Admin.Bundles;

/// <summary>What is to go into a bundle.</summary>
/// <param name="Images">References or ids of images.</param>
/// <param name="Volumes">Names of volumes.</param>
/// <param name="Environment">Where the volumes are; empty for the default one.</param>
public sealed record BundleOrder(IReadOnlyList<string> Images, IReadOnlyList<string> Volumes, string Environment);

/// <summary>How a bundle is taken in.</summary>
/// <param name="Environment">Where volumes go; empty for the default one.</param>
/// <param name="Force">Whether files of volumes with other content are replaced.</param>
public sealed record BundleImport(string Environment, bool Force);

/// <summary>What an import of a bundle brought. Keys are stable: <c>bundle import --json</c> prints them.</summary>
public sealed record BundleReport(IReadOnlyList<ImageSummary> Images, IReadOnlyList<TransferReport> Volumes);
