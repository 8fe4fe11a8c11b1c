using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Progress;
using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Images.Layers.Trees;
using Appliance.Images.Registries;
using Appliance.Images.Registries.Access;
using Appliance.Images.Transfers;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Admin.Images;

/// <summary>Works on the images themselves: in the server, or in a verb while no server runs.</summary>
public sealed class LocalImageDesk(ImageLibrary library, TimeProvider clock) : IImageDesk
{
    public async Task<IReadOnlyList<ImageSummary>> ImportPathAsync(
        ImageImport import, string path, TransferProgress progress, CancellationToken cancellation) =>
        Summarise(await library.Importer.ImportPathAsync(path, new ImageImportOrder(import.Tag, import.Select), progress, cancellation));

    public async Task<IReadOnlyList<ImageSummary>> ImportArchiveAsync(
        ImageImport import, Stream archive, TransferProgress progress, CancellationToken cancellation) =>
        Summarise(await library.Importer.ImportStreamAsync(archive, new ImageImportOrder(import.Tag, import.Select), progress, cancellation));

    public async Task<ImageSummary> PullAsync(ImagePull pull, TransferProgress progress, CancellationToken cancellation)
    {
        var order = new PullOrder(ImageReference.Read(pull.Reference))
        {
            Tag = pull.Tag is { } tag ? ImageReference.Read(tag) : null,
            Platform = pull.Platform is { } platform ? ImagePlatform.Read(platform) : null,
            Credential = pull.Login is { } login ? new RegistryCredential(login.User, login.Secret) { IsIdentityToken = login.IsIdentityToken } : null,
        };
        return ImageDescriptions.Summarise(library, await library.Puller.PullAsync(order, progress, cancellation));
    }

    public Task ExportAsync(ImageExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        if (request.Images.Count == 0)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Name the images to export.");
        }

        return library.Exporter.ExportAsync(
            [.. request.Images.Select(text => (Image: library.Images.ResolveAny(text), Text: text)).Select(one => (one.Image, NamesFor(one.Image, one.Text)))],
            target,
            progress,
            cancellation);
    }

    public Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellation) => Task.FromResult(Summarise(library.Images.List()));

    public Task<ImageDetail> InspectAsync(string image, CancellationToken cancellation) =>
        Task.FromResult(ImageDescriptions.Detail(library, library.Images.ResolveAny(image)));

    public async Task<ImageSummary> TagAsync(ImageTagging tagging, CancellationToken cancellation)
    {
        Image image = library.Images.ResolveAny(tagging.Image);
        await library.Images.TagAsync(image.Id, ImageReference.Read(tagging.Tag), cancellation);
        return ImageDescriptions.Summarise(library, image);
    }

    public async Task<ImageRemoved> RemoveAsync(ImageRemoval removal, CancellationToken cancellation)
    {
        Image image = library.Images.ResolveAny(removal.Image);
        IReadOnlyList<string> tags = library.Images.ListTags(image.Id);
        bool isById = ObjectId.TryRead(removal.Image, out ImageId _);
        if (!isById && (tags.Count > 1 || library.Images.ListNames(image.Id).Count > 0))
        {
            ImageReference reference = ImageReference.Read(removal.Image);
            await library.Images.UntagAsync(reference, cancellation);
            return new ImageRemoved([reference.Familiar], null, false);
        }

        await library.Images.RemoveAsync(image.Id, cancellation);
        bool isInUse = library.Pins.IsPinned(image.Id.Text);
        await library.Collector.CollectAsync(cancellation);
        return new ImageRemoved([.. tags.Select(tag => ImageReference.Read(tag).Familiar)], image.Id.Text, isInUse);
    }

    public async Task<ImagePruned> PruneAsync(ImagePruning pruning, CancellationToken cancellation)
    {
        if (pruning.OlderThanSeconds is < 0 or double.NaN or > 1e10)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"{pruning.OlderThanSeconds} seconds are no age.");
        }

        DateTimeOffset limit = clock.GetUtcNow() - TimeSpan.FromSeconds(pruning.OlderThanSeconds);
        ImageSummary[] nameless = [.. Summarise(library.Images.List())
            .Where(image => image.Tags.Count == 0 && image.Names.Count == 0 && !image.IsInUse && image.CreatedAt <= limit)];
        if (pruning.DryRun)
        {
            return new ImagePruned(true, nameless, nameless.Sum(image => image.SizeBytes));
        }

        foreach (ImageSummary image in nameless)
        {
            await library.Images.RemoveAsync(ImageId.FromText(image.ImageId), cancellation);
        }

        TreeMeasure removed = await library.Collector.CollectAsync(cancellation);
        return new ImagePruned(false, nameless, removed.SizeBytes);
    }

    private IReadOnlyList<ImageSummary> Summarise(IReadOnlyList<Image> images) =>
        [.. images.Select(image => ImageDescriptions.Summarise(library, image))];

    /// <summary>A reference is exported under itself, an id under all that stand for its image.</summary>
    private IReadOnlyList<ImageReference> NamesFor(Image image, string text) => ObjectId.TryRead(text, out ImageId _)
        ? [.. library.Images.ListTags(image.Id).Select(ImageReference.Read)]
        : [ImageReference.Read(text)];
}
