using Appliance.Admin.Images;
using Appliance.Admin.Transfers;
using Appliance.Mounts.Clients;

namespace Appliance.Admin.Bundles;

/// <summary>What is to go into a bundle.</summary>
/// <param name="Images">References or ids of images.</param>
/// <param name="Volumes">Names of volumes.</param>
/// <param name="Environment">Where the volumes are; empty for the default one.</param>
public sealed record BundleOrder(IReadOnlyList<string> Images, IReadOnlyList<string> Volumes, string Environment)
{
    /// <summary>Files of Python packages for the wheelhouse.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Wheels of the libraries that functions run with, or directories of them.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];
}

/// <summary>How a bundle is taken in.</summary>
/// <param name="Environment">Where volumes go; empty for the default one.</param>
/// <param name="Force">Whether files of volumes with other content are replaced.</param>
public sealed record BundleImport(string Environment, bool Force);

/// <summary>What an import of a bundle brought. Keys are stable: <c>bundle import --json</c> prints them.</summary>
public sealed record BundleReport(
    IReadOnlyList<ImageSummary> Images, IReadOnlyList<TransferReport> Volumes, IReadOnlyList<string> Packages, IReadOnlyList<ClientMount> Clients);
