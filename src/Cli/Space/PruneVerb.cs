using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Space;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Core.Errors;

namespace Appliance.Cli.Space;

/// <summary><c>appliance system prune</c>: removes at once what would go by itself later.</summary>
public static class PruneVerb
{
    public static Command Create()
    {
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be removed." };
        var all = new Option<bool>("--all-unfinished") { Description = "Give up unfinished uploads of the last day, too." };
        var ended = new Option<bool>("--ended") { Description = "Remove all sandboxes that have ended, with what they wrote, and not only those that ended long ago." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask." };
        var command = new Command(
            "prune",
            "Remove what nothing refers to, unfinished uploads, unused copies and sandboxes that ended long ago. While a server runs, what was used within the last 15 minutes stays: an upload may be about to refer to it.")
        {
            dry, all, ended, yes,
        };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            var request = new PruneRequest(parsed.GetValue(dry), parsed.GetValue(all), parsed.GetValue(ended));
            if (!request.DryRun && !parsed.GetValue(yes) && !await ConfirmAsync(access, request, terminal, cancellation))
            {
                return ExitStatus.Failed;
            }

            PruneReport report = await access.Space.PruneAsync(request, cancellation);
            terminal.WriteResult(report, AdminJson.Default.PruneReport, text => Write(text, report));
            return ExitStatus.Done;
        });
        return command;
    }

    private static async Task<bool> ConfirmAsync(StorageAccess access, PruneRequest request, Terminal terminal, CancellationToken cancellation)
    {
        if (!terminal.CanAsk)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Nobody can be asked here: add --yes to prune, or --dry-run to see what would go.");
        }

        Write(terminal, await access.Space.PruneAsync(request with { DryRun = true }, cancellation));
        return terminal.Ask("Remove this?");
    }

    private static void Write(Terminal terminal, PruneReport report)
    {
        var table = new TextTable(report.DryRun ? "WOULD BE REMOVED" : "REMOVED", "COUNT", "SIZE");
        foreach (PruneItem item in report.Items)
        {
            table.AddRow(item.Kind, ByteText.Count(item.Count), ByteText.Of(item.Bytes));
        }

        table.WriteTo(terminal);
        terminal.WriteLine(report.DryRun
            ? $"{ByteText.Of(report.Bytes)} would come back; {ByteText.Of(report.FreeBytes)} are free now."
            : $"{ByteText.Of(report.Bytes)} came back; {ByteText.Of(report.FreeBytes)} are free now.");
        if (report.GraceSeconds > 0)
        {
            terminal.WriteLine($"What was used within the last {report.GraceSeconds / 60:0} minutes was left, and all of it if the server has not run for as long: uploads may be under way.");
        }
    }
}
