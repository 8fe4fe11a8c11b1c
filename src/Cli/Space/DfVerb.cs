using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Space;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;

namespace Appliance.Cli.Space;

/// <summary><c>appliance system df</c>: what takes the space.</summary>
public static class DfVerb
{
    public static Command Create()
    {
        var verbose = new Option<bool>("--verbose", "-v") { Description = "List the largest volumes, too." };
        var command = new Command("df", "Show what takes space: what clients made, how it is stored, and what could go. '~' marks figures of the last survey.") { verbose };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            SpaceReport report = await access.Space.ReportAsync(cancellation);
            terminal.WriteResult(report, AdminJson.Default.SpaceReport, text => Write(text, report, parsed.GetValue(verbose)));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Write(Terminal terminal, SpaceReport report, bool isVerbose)
    {
        terminal.WriteLine($"{report.Data}: {ByteText.Of(report.FreeBytes)} of {ByteText.Of(report.DiskBytes)} free");
        terminal.WriteLine();
        WriteObjects(terminal, report);
        terminal.WriteLine();
        WriteStored(terminal, report);
        terminal.WriteLine();
        WriteSums(terminal, report);
        if (isVerbose && report.Volumes.Count > 0)
        {
            terminal.WriteLine();
            WriteVolumes(terminal, report);
        }
    }

    private static void WriteObjects(Terminal terminal, SpaceReport report)
    {
        var table = new TextTable("MADE BY CLIENTS", "COUNT", "FILES", "SIZE");
        foreach (ObjectSpace line in report.Objects)
        {
            table.AddRow(
                line.Kind,
                ByteText.Count(line.Count),
                line.Files is { } files ? ByteText.Count(files) : "in metadata",
                line.Bytes is { } bytes ? ByteText.Of(bytes) : "");
        }

        table.WriteTo(terminal);
    }

    private static void WriteStored(Terminal terminal, SpaceReport report)
    {
        var table = new TextTable("STORED AS", "COUNT", "SIZE", "RECLAIMABLE");
        foreach (StoredSpace line in report.Stored)
        {
            string mark = line.IsApproximate ? "~" : "";
            table.AddRow(
                line.Kind, mark + ByteText.Count(line.Count), mark + ByteText.Of(line.Bytes), line.ReclaimableBytes is { } free ? mark + ByteText.Of(free) : "");
        }

        table.WriteTo(terminal);
    }

    private static void WriteSums(Terminal terminal, SpaceReport report)
    {
        terminal.WriteLine($"{ByteText.Of(report.LogicalBytes)} in files of volumes and mounts are stored in {ByteText.Of(report.StoredBytes)}: equal contents once.");
        if (report.Waiting > 0)
        {
            terminal.WriteLine($"{report.Waiting} deleted objects are being taken apart in the background.");
        }

        if (report.ReclaimableBytes > 0)
        {
            terminal.WriteLine($"{ByteText.Of(report.ReclaimableBytes)} are of no use any more and go by themselves after a while; 'appliance system prune' hurries that.");
        }

        if (report.Stored.Any(line => line.IsApproximate))
        {
            terminal.WriteLine($"Figures with '~' are of {report.SurveyedAt.LocalDateTime:yyyy-MM-dd HH:mm}.");
        }
    }

    private static void WriteVolumes(Terminal terminal, SpaceReport report)
    {
        var table = new TextTable("VOLUME", "ENVIRONMENT", "FILES", "SIZE", "ID");
        foreach (VolumeSpace volume in report.Volumes)
        {
            table.AddRow(volume.Name ?? "(anonymous)", volume.Environment, ByteText.Count(volume.Files), ByteText.Of(volume.Bytes), volume.VolumeId);
        }

        table.WriteTo(terminal);
    }
}
