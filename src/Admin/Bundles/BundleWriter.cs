using System.Formats.Tar;
using System.Text.Json;
using Appliance.Admin.Images;
using Appliance.Admin.Transfers;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Core.Streams;
using Appliance.Images.Layers.Reading;
using Appliance.Images.Transfers;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Admin.Bundles;

/// <summary>
/// Writes images, volumes and Python packages into one file: a tar of the archives that exports make, then what is in it, then checksums as
/// 'sha256sum -c' reads them.
/// </summary>
public sealed class BundleWriter(IImageDesk images, IVolumeDesk volumes, TimeProvider clock)
{
    private const string PackedName = ".tar.zst";

    /// <param name="order">What goes into it.</param>
    /// <param name="target">A file to be written; must be able to seek, as lengths are known last. Stays open.</param>
    /// <param name="progress">Told of bytes before they are packed.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    /// <exception cref="ApplianceException">NotFound: an image or a volume. InvalidArgument: what is wrong with the order.</exception>
    public async Task<BundleManifest> WriteAsync(BundleOrder order, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        IReadOnlyList<BundlePart> parts = await PlanAsync(order, cancellation);
        progress.AddTotal(parts.Sum(part => part.Bytes));

        // Not disposed when something fails: it would write the end mark. In this form lengths fit that are written afterwards.
        var tar = new TarWriter(target, TarEntryFormat.Gnu, leaveOpen: true);
        List<BundleMember> members = [];
        foreach (BundlePart part in parts)
        {
            members.Add(await WriteAsync(tar, part, progress, cancellation));
        }

        var manifest = new BundleManifest(BundleManifest.PresentForm, clock.GetUtcNow(), members);
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(manifest, BundleJson.Default.BundleManifest);
        await WriteAsync(tar, BundleFile.ManifestName, text, cancellation);
        await WriteAsync(tar, BundleFile.ChecksumsName, BundleChecksums.Write(members, Digest.Of(text)), cancellation);
        await tar.DisposeAsync();
        return manifest;
    }

    /// <summary>All that is asked for is looked up before anything is written.</summary>
    private async Task<IReadOnlyList<BundlePart>> PlanAsync(BundleOrder order, CancellationToken cancellation)
    {
        List<BundlePart> parts = [];
        if (order.Images.Count > 0)
        {
            parts.Add(await PlanImagesAsync([.. order.Images.Distinct()], cancellation));
        }

        foreach (string name in order.Volumes.Distinct())
        {
            VolumeSummary volume = await volumes.DescribeAsync(new VolumeLookup(name, order.Environment), cancellation);
            var known = new BundleVolume(name, volume.Version, volume.Files, volume.Bytes);
            parts.Add(new BundlePart(
                new BundleMember($"volumes/{name}{PackedName}", BundleKinds.Volume, 0, "") { Volume = known },
                volume.Bytes,
                (target, stop) => volumes.ExportAsync(new ExportRequest(name, order.Environment, "/"), target, new TransferProgress(), stop)));
        }

        parts.AddRange(order.Packages.Select(path => BundledPackages.Plan(path, BundleKinds.Package)));
        parts.AddRange(BundledPackages.FindClient(order.Clients).Select(path => BundledPackages.Plan(path, BundleKinds.Client)));
        return parts.Count > 0 ? parts : throw new ApplianceException(
            ErrorKind.InvalidArgument, "Name what is to go into the bundle: --image NAME:TAG, --volume NAME, --wheels, --client PATH, or several of them.");
    }

    private async Task<BundlePart> PlanImagesAsync(IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        List<string> names = [];
        var layers = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string text in wanted)
        {
            ImageDetail image = await images.InspectAsync(text, cancellation);
            IReadOnlyList<string> tags = text == image.Image.ImageId ? image.Image.Tags : [text];
            names.AddRange(tags.Count > 0 ? tags : throw new ApplianceException(
                ErrorKind.InvalidArgument, $"Image '{text}' has no name that it could have elsewhere: give it one with 'appliance image tag {text} NAME:TAG'."));
            foreach (ImageLayerDetail layer in image.Layers)
            {
                layers[layer.Name] = layer.SizeBytes;
            }
        }

        return new BundlePart(
            new BundleMember($"images{PackedName}", BundleKinds.Images, 0, "") { Images = [.. names.Distinct()] },
            layers.Values.Sum(),
            (target, stop) => images.ExportAsync(new ImageExportRequest(wanted), target, new TransferProgress(), stop));
    }

    private static Task<BundleMember> WriteAsync(TarWriter tar, BundlePart part, TransferProgress progress, CancellationToken cancellation) =>
        DirectoryPipe.RunAsync(
            async (target, stop) =>
            {
                await using Stream packed = part.IsPacked ? new UndisposedStream(target) : ArchivePacking.Pack(part.Member.File, target);
                await using var metered = new MeteredTarget(packed, progress.AddBytes);
                await part.ExportAsync(metered, stop);
            },
            async (source, stop) =>
            {
                await using var hashed = new HashingStream(source);
                await tar.WriteEntryAsync(EntryOf(part.Member.File, hashed), stop);
                return part.Member with { SizeBytes = hashed.LengthSoFar, Sha256 = hashed.Finish().ToString() };
            },
            cancellation);

    private static async Task WriteAsync(TarWriter tar, string name, byte[] content, CancellationToken cancellation)
    {
        await using var data = new MemoryStream(content);
        await tar.WriteEntryAsync(EntryOf(name, data), cancellation);
    }

    private static GnuTarEntry EntryOf(string name, Stream data) => new(TarEntryType.RegularFile, name)
    {
        DataStream = data, Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
    };
}
