using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Core.Streams;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Reading;
using Appliance.Images.Layers.Unpacking;
using Appliance.Images.Transfers.Formats;
using Appliance.Images.Transfers.Trees;
using Appliance.Metadata.Images;

namespace Appliance.Images.Transfers;

/// <summary>
/// Takes in images from directories and archives: OCI layouts, what 'docker save' writes, and bare root file systems. An
/// image and its tags become visible in one step, or not at all.
/// </summary>
/// <param name="images">Gets them.</param>
/// <param name="layers">Gets their layers.</param>
/// <param name="spool">A directory for what must be read twice; what a crash leaves there may be removed.</param>
public sealed class ImageImporter(ImageDirectory images, LayerStore layers, string spool)
{
    private const int BeginningBytes = 64 * 1024;

    private readonly ImageInstaller installer = new(images, layers);

    /// <summary>Takes in a file or a directory of this machine.</summary>
    /// <exception cref="ApplianceException">
    /// NotFound: the path. InvalidArgument: what is wrong with the archive or the order. ResourceExhausted: the disk.
    /// </exception>
    public async Task<IReadOnlyList<Image>> ImportPathAsync(
        string path, ImageImportOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
        {
            using var files = new DirectoryFiles(path);
            return ArchiveForms.Of(files) == ArchiveForm.RootFileSystem
                ? [await ImportRootDirectoryAsync(path, order, progress, cancellation).ConfigureAwait(false)]
                : await ImportImagesAsync(files, order, progress, cancellation).ConfigureAwait(false);
        }

        await using FileStream archive = Open(path);
        bool isPlain = await IsPlainAsync(archive, cancellation).ConfigureAwait(false);
        archive.Position = 0;
        return isPlain
            ? await ImportTarFileAsync(path, order, progress, cancellation).ConfigureAwait(false)
            : await ImportStreamAsync(archive, order, progress, cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes in an archive from wherever it comes.</summary>
    /// <inheritdoc cref="ImportPathAsync"/>
    public async Task<IReadOnlyList<Image>> ImportStreamAsync(
        Stream archive, ImageImportOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        long packed = 0;
        await using var counted = new CountingStream(archive, count =>
        {
            Interlocked.Add(ref packed, count);
            progress.AddBytes(count);
        });
        await using Stream unpacked = await Packing.UnpackAsync(counted, cancellation).ConfigureAwait(false);
        var plain = new RatioLimitStream(unpacked, () => Volatile.Read(ref packed), layers.Limits);
        byte[] beginning = new byte[BeginningBytes];
        int length = await ReadBeginningAsync(plain, beginning, cancellation).ConfigureAwait(false);
        var whole = new PrefixedStream(beginning.AsMemory(0, length), plain);
        if (await ArchiveForms.IsRootAsync(beginning[..length], cancellation).ConfigureAwait(false))
        {
            return [await ImportRootAsync(whole, order, cancellation).ConfigureAwait(false)];
        }

        using var spooled = new SpooledFile(spool);
        await spooled.FillAsync(whole, layers.NewRoom(), cancellation).ConfigureAwait(false);
        return await ImportTarFileAsync(spooled.Path, order, new TransferProgress(), cancellation).ConfigureAwait(false);
    }

    /// <summary>The plain tar archive of a directory, as <see cref="ImportStreamAsync"/> takes it.</summary>
    /// <param name="directory">A root file system, or an image archive that is a directory.</param>
    /// <param name="target">Gets it; stays open.</param>
    /// <param name="cancellation">Ends it in the middle.</param>
    public static Task WriteDirectoryAsync(string directory, Stream target, CancellationToken cancellation) =>
        TreeArchive.WriteAsync(directory, TreeForm.RootFileSystem, target, _ => { }, cancellation);

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{path}' does not exist, or may not be seen by this user.", cause);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
    }

    private static async Task<bool> IsPlainAsync(FileStream archive, CancellationToken cancellation) =>
        await Packing.UnpackAsync(archive, cancellation).ConfigureAwait(false) is PrefixedStream;

    private static async Task<int> ReadBeginningAsync(Stream plain, byte[] beginning, CancellationToken cancellation)
    {
        try
        {
            return await plain.ReadAtLeastAsync(beginning, beginning.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        }
        catch (InvalidDataException fault)
        {
            throw Archives.ArchiveFault.At(0, fault.Message.TrimEnd('.'), fault);
        }
    }

    private static ImageReference RequireTag(ImageImportOrder order) => ImageReference.Read(order.Tag ?? throw new ApplianceException(
        ErrorKind.InvalidArgument, "A root file system has no name of its own: add --tag NAME:TAG."));

    private async Task<IReadOnlyList<Image>> ImportTarFileAsync(
        string path, ImageImportOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        using TarFiles files = await TarFiles.OpenAsync(path, cancellation).ConfigureAwait(false);
        if (ArchiveForms.Of(files) != ArchiveForm.RootFileSystem)
        {
            return await ImportImagesAsync(files, order, progress, cancellation).ConfigureAwait(false);
        }

        await using var plain = new FilePartStream(path, 0, new FileInfo(path).Length);
        await using var counted = new CountingStream(plain, count => progress.AddBytes(count));
        return [await ImportRootAsync(counted, order, cancellation).ConfigureAwait(false)];
    }

    private async Task<IReadOnlyList<Image>> ImportImagesAsync(
        IImageFiles files, ImageImportOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        IReadOnlyList<ImagePackage> packages = ArchiveForms.Of(files) == ArchiveForm.OciLayout
            ? await OciLayoutReader.ReadAsync(files, cancellation).ConfigureAwait(false)
            : await DockerArchiveReader.ReadAsync(files, cancellation).ConfigureAwait(false);
        List<Image> imported = [];
        foreach ((ImagePackage package, IReadOnlyList<ImageReference> tags) in ImageSelection.Of(packages, order))
        {
            imported.Add(await installer.InstallAsync(
                package, ImageOrigin.Imported, tags, count => progress.AddBytes(count), cancellation).ConfigureAwait(false));
        }

        return imported;
    }

    private async Task<Image> ImportRootAsync(Stream archive, ImageImportOrder order, CancellationToken cancellation)
    {
        ImageReference tag = RequireTag(order);
        using LayerHold layer = await layers.UnpackAsync(
            new LayerArchive(archive) { Rules = ArchiveRules.RootFileSystem }, [], cancellation).ConfigureAwait(false);
        return await images.CreateAsync(RootImage.Of(layer, [tag]), cancellation).ConfigureAwait(false);
    }

    private async Task<Image> ImportRootDirectoryAsync(
        string path, ImageImportOrder order, TransferProgress progress, CancellationToken cancellation)
    {
        _ = RequireTag(order);
        return await DirectoryPipe.RunAsync(
            (target, stop) => TreeArchive.WriteAsync(path, TreeForm.RootFileSystem, target, count => progress.AddBytes(count), stop),
            (source, stop) => ImportRootAsync(source, order, stop),
            cancellation).ConfigureAwait(false);
    }
}
