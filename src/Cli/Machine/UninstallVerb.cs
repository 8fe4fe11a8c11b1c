using System.CommandLine;
using Appliance.Admin.Programs;
using Appliance.Admin.Service;
using Appliance.Core.Errors;
using Appliance.Engine.Removal;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Cli.Machine;

/// <summary><c>appliance uninstall</c>: takes the service away; data only with <c>--purge --yes</c>.</summary>
public static class UninstallVerb
{
    public static Command Create()
    {
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be done." };
        var purge = new Option<bool>("--purge") { Description = "Delete the data directory, too." };
        var yes = new Option<bool>("--yes") { Description = "Really delete the data." };
        var command = new Command("uninstall", "Stop and remove the systemd service and the installed executable. Data stays unless --purge says otherwise.")
        {
            dry, purge, yes,
        };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            var paths = new ServicePaths();
            bool isDry = parsed.GetValue(dry);
            string dataDirectory = DataDirectoryOf(parsed, paths);
            if (!isDry)
            {
                InstallVerb.RequireRoot("uninstall");
            }

            if (parsed.GetValue(purge))
            {
                RequireDeletable(dataDirectory, isSure: isDry || parsed.GetValue(yes));
            }

            var removal = new ServiceRemoval(
                paths,
                new Systemctl(ProgramProbe.OfMachine()),
                async () => await ContainerRemoval.RemoveAllAsync(dataDirectory, NullLogger.Instance) | await ContainerRemoval.RemoveStaleAsync(NullLogger.Instance) > 0,
                parsed.GetValue(purge) ? dataDirectory : null);
            ServiceReport report = await ServiceReport.TakeAsync(removal.Steps(), isDry, terminal, cancellation);
            terminal.WriteResult(report, ServiceJson.Default.ServiceReport, text =>
            {
                if (!parsed.GetValue(purge) && Directory.Exists(dataDirectory))
                {
                    text.WriteLine($"Data is kept in '{dataDirectory}'.");
                }
            });
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>What the operator names, else what the installed service used.</summary>
    private static string DataDirectoryOf(ParseResult parsed, ServicePaths paths) =>
        parsed.GetValue(GlobalOptions.Data) is null && File.Exists(paths.Unit) && ServiceUnit.FindDataDirectory(File.ReadAllText(paths.Unit)) is { } used
            ? used
            : GlobalOptions.DataDirectory(parsed);

    internal static void RequireDeletable(string dataDirectory, bool isSure)
    {
        if (Directory.Exists(dataDirectory) && !File.Exists(Path.Combine(dataDirectory, MetadataStore.FileName)))
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{dataDirectory}' does not look like a data directory of the appliance, so it is not deleted: name it with --data DIR.");
        }

        if (!isSure)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"--purge deletes every app, volume, image and token in '{dataDirectory}' for good: add --yes if that is meant.");
        }
    }
}
