using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Volumes;
using Appliance.Core.Errors;
using Appliance.Core.Progress;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image import</c>: an archive or a root directory becomes an image.</summary>
public static class ImportVerb
{
    private const string Description =
        """
        Take in an image: an OCI layout, what 'docker save' writes, or a root file system. Each may be a directory or a tar
        archive, plain or packed with gzip or zstd.

        Digests are compared on the way. Layers that are here already are not unpacked again. The image and its tag appear
        in one step; an archive that is damaged or leads outside of the image is refused as a whole.
        """;

    public static Command Create()
    {
        var source = new Argument<string>("SOURCE") { Description = "A file or a directory. '-' reads an archive from standard input." };
        var tag = new Option<string?>("--tag", "-t") { Description = "What to call the image: NAME:TAG. Without it the archive's own names are used.", HelpName = "NAME:TAG" };
        var select = new Option<string?>("--select") { Description = "Which image of an archive that holds several, by its name there.", HelpName = "NAME" };
        var command = new Command("import", Description) { source, tag, select };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            string from = parsed.GetValue(source)!;
            if (from != "-" && !Directory.Exists(from) && !File.Exists(from))
            {
                throw new ApplianceException(ErrorKind.NotFound, $"'{from}' does not exist, or may not be seen by this user.");
            }

            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            IReadOnlyList<ImageSummary> images = await ImportAsync(
                access.Images, new ImageImport(parsed.GetValue(tag), parsed.GetValue(select)), from, terminal, cancellation);
            terminal.WriteResult(images, AdminJson.Default.IReadOnlyListImageSummary, text => Write(text, images));
            return ExitStatus.Done;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ImageSummary>> ImportAsync(
        IImageDesk desk, ImageImport import, string source, Terminal terminal, CancellationToken cancellation)
    {
        var progress = new TransferProgress();
        if (source == "-")
        {
            await using Stream archive = Terminal.OpenInput();
            await using var counting = new TransferDisplay(terminal, progress, () => null);
            return await desk.ImportArchiveAsync(import, archive, progress, cancellation);
        }

        long total = terminal.ShowsProgress && File.Exists(source) ? new FileInfo(source).Length : 0;
        await using var display = new TransferDisplay(terminal, progress, () => (progress.Bytes, total));
        return await desk.ImportPathAsync(import, source, progress, cancellation);
    }

    internal static void Write(Terminal terminal, IReadOnlyList<ImageSummary> images)
    {
        foreach (ImageSummary image in images.DistinctBy(each => each.ImageId))
        {
            terminal.WriteLine($"Imported {string.Join(", ", image.Tags)} ({ByteText.Of(image.SizeBytes)}, {image.LayerCount} layers) as {image.ImageId}.");
        }
    }
}
