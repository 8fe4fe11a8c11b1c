using System.CommandLine;
using Appliance.Admin.Images;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Volumes;
using Appliance.Core.Progress;

namespace Appliance.Cli.Images;

/// <summary><c>appliance image export</c>: images as an archive that other programs read.</summary>
public static class ExportVerb
{
    private const string Description =
        """
        Write images as one OCI layout, which 'appliance image import', 'docker load', 'ctr image import' and 'skopeo' read.

        Layers that several of the images have are in it once. The target has its name only once it is whole.
        """;

    public static Command Create()
    {
        var images = new Argument<string[]>("IMAGE") { Description = "Ids or references of images.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o")
        {
            Description = "A file that ends in .tar, .tar.gz, .tgz, .tar.zst or .tzst; a directory that does not exist or is empty; or '-' for a plain tar on standard output.",
            HelpName = "TARGET",
            Required = true,
        };
        var command = new Command("export", Description) { images, output };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            ExportTarget place = ExportTarget.Of(parsed.GetValue(output)!);
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            var request = new ImageExportRequest(parsed.GetValue(images)!);
            var progress = new TransferProgress();
            await using (new TransferDisplay(terminal, progress, () => null))
            {
                await place.WriteAsync((stream, stop) => access.Images.ExportAsync(request, stream, progress, stop), cancellation);
            }

            if (!place.IsOutput)
            {
                terminal.WriteResult(
                    new ImageExported(request.Images, place.Name, progress.Bytes),
                    OutputJson.Default.ImageExported,
                    text => text.WriteLine($"Exported {string.Join(", ", request.Images)} ({ByteText.Of(progress.Bytes)}) to '{place.Name}'."));
            }

            return ExitStatus.Done;
        });
        return command;
    }
}

/// <summary>What an export wrote. Keys are stable.</summary>
public sealed record ImageExported(IReadOnlyList<string> Images, string Target, long Bytes);
