using System.CommandLine;
using System.Globalization;
using Appliance.Admin.Bundles;
using Appliance.Cli.Output;
using Appliance.Cli.Volumes;
using Appliance.Core.Progress;

namespace Appliance.Cli.Bundles;

/// <summary><c>appliance bundle inspect</c>.</summary>
public static class InspectVerb
{
    private const string Description =
        """
        Print what a bundle holds, without taking anything in. No server and no data directory is needed.

        A bundle that was cut off is recognised at once; --check reads all of it and compares the digests.
        """;

    public static Command Create()
    {
        Argument<string> file = BundleOptions.File();
        var check = new Option<bool>("--check") { Description = "Read all of it and compare the digests." };
        var command = new Command("inspect", Description) { file, check };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            using BundleFile bundle = await BundleFile.OpenAsync(parsed.GetValue(file)!, cancellation);
            if (parsed.GetValue(check))
            {
                await CheckAsync(bundle, terminal, cancellation);
            }

            terminal.WriteResult(bundle.Manifest, BundleJson.Default.BundleManifest, text =>
            {
                text.WriteLine($"Made {bundle.Manifest.CreatedAt.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}{(parsed.GetValue(check) ? "; whole and undamaged" : "")}.");
                BundleTable.Write(text, bundle.Manifest);
            });
            return ExitStatus.Done;
        });
        return command;
    }

    internal static async Task CheckAsync(BundleFile bundle, Terminal terminal, CancellationToken cancellation)
    {
        var progress = new TransferProgress();
        await using var display = new TransferDisplay(terminal, progress, () => (progress.Bytes, bundle.SizeBytes), "checking");
        await bundle.CheckAsync(progress, cancellation);
    }
}
