using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Transfers;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Cli.Volumes;

/// <summary><c>appliance volume export</c>: a volume into a directory or an archive.</summary>
public static class ExportVerb
{
    private const string Description =
        """
        Write a volume, or a part of it, to a directory or a tar archive.

        All of it is of one version, whatever is written to the volume meanwhile, and is compared with its digests on the
        way. The target has its name only once it is whole, unless it is a directory that was there before, which must be empty.
        """;

    public static Command Create()
    {
        Argument<string> name = VolumeOptions.Name();
        var target = new Argument<string>("TARGET")
        {
            Description = "A directory that does not exist or is empty; a file that ends in .tar, .tar.gz, .tgz, .tar.zst or .tzst; or '-' for a plain tar on standard output.",
        };
        var from = new Option<string>("--from") { Description = "The directory or file of the volume to write. [default: /]", HelpName = "PATH", DefaultValueFactory = _ => "/" };
        Option<string> environment = VolumeOptions.Environment();
        var command = new Command("export", Description) { name, target, from, environment };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            var request = new ExportRequest(parsed.GetValue(name)!, parsed.GetValue(environment)!, parsed.GetValue(from)!);
            ExportTarget place = ExportTarget.Of(parsed.GetValue(target)!);
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            var progress = new TransferProgress();
            await using (new TransferDisplay(terminal, progress, () => null))
            {
                await place.WriteAsync((stream, stop) => access.Volumes.ExportAsync(request, stream, progress, stop), cancellation);
            }

            var report = new TransferReport(request.Name, null, progress.Files, progress.Bytes, 0, 0, 0, progress.Skipped, progress.Warnings);
            if (!place.IsOutput)
            {
                terminal.WriteResult(report, AdminJson.Default.TransferReport, text => text.WriteLine(
                    $"Exported {ByteText.Count(report.Files)} files ({ByteText.Of(report.Bytes)}) of volume '{report.Name}' to '{place.Name}'."));
            }

            return ExitStatus.Done;
        });
        return command;
    }
}
