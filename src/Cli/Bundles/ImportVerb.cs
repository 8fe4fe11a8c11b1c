using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Bundles;
using Appliance.Admin.Transfers;
using Appliance.Cli.Clients;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Volumes;
using Appliance.Cli.Wheels;
using Appliance.Core.Progress;
using Appliance.Packages;

namespace Appliance.Cli.Bundles;

/// <summary><c>appliance bundle import</c>.</summary>
public static class ImportVerb
{
    private const string Description =
        """
        Take in the images, volumes, wheels and client libraries of a bundle.

        First all of it is read and compared with its digests: of a bundle that is damaged or cut off nothing is taken in.
        Then each image and each volume appears in one step. What is here already is not stored again, so an import may be
        repeated. Volumes that are not here are made; files that they have and the bundle lacks stay.
        """;

    public static Command Create()
    {
        Argument<string> file = BundleOptions.File();
        Option<string> environment = VolumeOptions.Environment();
        var force = new Option<bool>("--force", "-f") { Description = "Replace files of volumes, and wheels, that differ; otherwise they are refused." };
        var command = new Command("import", Description) { file, environment, force };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            using BundleFile bundle = await BundleFile.OpenAsync(parsed.GetValue(file)!, cancellation);
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            await InspectVerb.CheckAsync(bundle, terminal, cancellation);
            var import = new BundleImport(parsed.GetValue(environment)!, parsed.GetValue(force));
            var progress = new TransferProgress();
            BundleReport report;
            await using (new TransferDisplay(terminal, progress, () => (progress.Bytes, bundle.SizeBytes), "importing"))
            {
                report = await new BundleImporter(access.Images, access.Volumes, access.Clients, new WheelhouseIntake(WheelhouseAccess.Open(parsed), TimeProvider.System))
                    .ImportAsync(bundle, import, progress, cancellation);
            }

            terminal.WriteResult(report, AdminJson.Default.BundleReport, text => Write(text, report));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, BundleReport report)
    {
        Images.ImportVerb.Write(terminal, report.Images);
        foreach (TransferReport volume in report.Volumes)
        {
            Volumes.ImportVerb.Write(terminal, volume);
        }

        foreach (string package in report.Packages)
        {
            terminal.WriteLine($"Brought {package} for 'pip install'.");
        }

        ClientVerb.Write(terminal, report.Clients);
    }
}
