using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Packages;

namespace Appliance.Admin.Bundles;

/// <summary>
/// Takes in what a bundle holds. Each image and each volume becomes visible in one step; what is here already is left, so
/// that an import that failed may be repeated.
/// </summary>
public sealed class BundleImporter(IImageDesk images, IVolumeDesk volumes, IClientDesk clients, WheelhouseIntake wheelhouse)
{
    /// <param name="bundle">Checked before.</param>
    /// <param name="import">How to take it in.</param>
    /// <param name="progress">Told of bytes of the bundle.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <exception cref="ApplianceException">Why one of them cannot be taken in; those before it are here.</exception>
    public async Task<BundleReport> ImportAsync(BundleFile bundle, BundleImport import, TransferProgress progress, CancellationToken cancellation)
    {
        List<ImageSummary> broughtImages = [];
        List<TransferReport> broughtVolumes = [];
        using var packages = new BundledPackages();
        foreach (BundleMember member in bundle.Manifest.Members)
        {
            await using Stream archive = bundle.Open(member, progress);
            if (member.Volume is { } volume)
            {
                broughtVolumes.Add(await ImportVolumeAsync(volume, import, archive, cancellation));
            }
            else if (member.IsPackage)
            {
                await packages.TakeAsync(member, archive, cancellation);
            }
            else
            {
                broughtImages.AddRange(await images.ImportArchiveAsync(new ImageImport(null, null), archive, new TransferProgress(), cancellation));
            }
        }

        return new BundleReport(
            broughtImages,
            broughtVolumes,
            packages.PathOf(BundleKinds.Package) is { } taken
                ? [.. (await wheelhouse.AddAsync([taken], import.Force, cancellation)).Select(package => package.Package.File.FileName)]
                : [],
            packages.PathOf(BundleKinds.Client) is { } libraries ? await clients.AddAsync([libraries], cancellation) : []);
    }

    private async Task<TransferReport> ImportVolumeAsync(
        BundleVolume volume, BundleImport import, Stream archive, CancellationToken cancellation)
    {
        var request = new ImportRequest(volume.Name, import.Environment, "/", Create: true, volume.Version, import.Force);
        try
        {
            return await volumes.ImportArchiveAsync(request, archive, new TransferProgress(), cancellation);
        }
        catch (ApplianceException failure)
        {
            throw new ApplianceException(failure.Kind, $"Volume '{volume.Name}': {failure.Message}", failure);
        }
    }
}
