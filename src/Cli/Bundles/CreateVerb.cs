using System.CommandLine;
using Appliance.Admin.Bundles;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Cli.Volumes;
using Appliance.Cli.Wheels;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Packages;

namespace Appliance.Cli.Bundles;

/// <summary><c>appliance bundle create</c>.</summary>
public static class CreateVerb
{
    private const string Description =
        """
        Write images, volumes and Python packages into one file, for 'appliance bundle import' on another machine.

        It is a tar file of the archives that 'appliance image export' and 'appliance volume export' write, packed with zstd;
        layers that several images have are in it once, and each volume is of one version. 'bundle.json' in it says what is
        there, and 'sha256sum -c SHA256SUMS' compares what was unpacked by hand. The file has its name only once it is whole.
        """;

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write; must not be there yet." };
        var images = new Option<string[]>("--image", "-i")
        {
            Description = "References or ids of images; may be given several times.", HelpName = "NAME:TAG", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        var volumes = new Option<string[]>("--volume", "-v")
        {
            Description = "Names of volumes; may be given several times.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        var wheels = new Option<bool>("--wheels", "-w") { Description = "All Python packages that 'appliance wheels list' shows." };
        var clients = new Option<string[]>("--client", "-c")
        {
            Description = "Wheels of the Modal client and what it needs, or directories of them, for 'appliance client add' there.", HelpName = "PATH", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        Option<string> environment = VolumeOptions.Environment();
        var command = new Command("create", Description) { file, images, volumes, wheels, clients, environment };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            ExportTarget place = ExportTarget.OfFile(parsed.GetValue(file)!);
            var order = new BundleOrder(parsed.GetValue(images)!, parsed.GetValue(volumes)!, parsed.GetValue(environment)!)
            {
                Packages = parsed.GetValue(wheels) ? WheelsOf(WheelhouseAccess.Open(parsed)) : [],
                Clients = parsed.GetValue(clients)!,
            };
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            var writer = new BundleWriter(access.Images, access.Volumes, TimeProvider.System);
            var progress = new TransferProgress();
            BundleManifest? manifest = null;
            await using (new TransferDisplay(terminal, progress, () => (progress.Bytes, progress.TotalBytes)))
            {
                await place.WriteWholeAsync(async stream => manifest = await writer.WriteAsync(order, stream, progress, cancellation));
            }

            terminal.WriteResult(manifest!, BundleJson.Default.BundleManifest, text => Write(text, place, manifest!));
            return ExitStatus.Done;
        });
        return command;
    }

    private static IReadOnlyList<string> WheelsOf(Wheelhouse wheelhouse) => wheelhouse.List() is { Count: > 0 } files
        ? [.. files.Select(wheelhouse.PathOf)]
        : throw new ApplianceException(ErrorKind.FailedPrecondition, "There are no wheels here: 'appliance wheels add DIR' takes some in.");

    private static void Write(Terminal terminal, ExportTarget place, BundleManifest manifest)
    {
        BundleTable.Write(terminal, manifest);
        terminal.WriteLine($"Wrote '{place.Name}' ({ByteText.Of(new FileInfo(place.Name).Length)}). On the other machine: appliance bundle import {Path.GetFileName(place.Name)}");
    }
}
