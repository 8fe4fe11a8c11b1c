using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Admin.Transfers;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;

namespace Appliance.Cli.Volumes;

/// <summary><c>appliance volume import</c>: a directory or an archive into a volume.</summary>
public static class ImportVerb
{
    private const string Description =
        """
        Put a directory or a tar archive into a volume: modes, times, symbolic links and empty directories, in one step.

        What is stored already is not stored again, and files of the same size, mode and time are not read, so an import
        that was cut short goes on where it was when it is repeated. Nothing is visible of it before its end.
        Devices, pipes and sockets are left out; owners and extended attributes are not kept.
        """;

    public static Command Create()
    {
        Argument<string> name = VolumeOptions.Name();
        var source = new Argument<string>("SOURCE") { Description = "A directory, or a tar archive: plain, gzip or zstd. '-' reads one from standard input." };
        var to = new Option<string>("--to") { Description = "The directory of the volume to put it in. [default: /]", HelpName = "PATH", DefaultValueFactory = _ => "/" };
        Option<string> environment = VolumeOptions.Environment();
        var create = new Option<bool>("--create") { Description = "Make the volume if it does not exist." };
        var force = new Option<bool>("--force", "-f") { Description = "Replace files that differ. Files of the volume that the source lacks stay." };
        var version = new Option<int>("--version") { Description = "Version of a volume that is made: 1 or 2. [default: 2]", HelpName = "NUMBER", DefaultValueFactory = _ => 2 };
        var command = new Command("import", Description) { name, source, to, environment, create, force, version };
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            var request = new ImportRequest(
                parsed.GetValue(name)!, parsed.GetValue(environment)!, parsed.GetValue(to)!, parsed.GetValue(create), parsed.GetValue(version), parsed.GetValue(force));
            string from = parsed.GetValue(source)!;
            RequireSource(from);
            await using StorageAccess access = await StorageAccess.OpenAsync(GlobalOptions.DataDirectory(parsed), terminal, cancellation);
            TransferReport report = await ImportAsync(access.Volumes, request, from, terminal, cancellation);
            terminal.WriteResult(report, AdminJson.Default.TransferReport, text => Write(text, report));
            TransferWarnings.Write(terminal, report.Skipped, report.Warnings);
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>Before a volume is made for it.</summary>
    private static void RequireSource(string source)
    {
        if (source != "-" && !Directory.Exists(source) && !File.Exists(source))
        {
            throw new ApplianceException(ErrorKind.NotFound, $"'{source}' does not exist, or may not be seen by this user.");
        }
    }

    private static async Task<TransferReport> ImportAsync(
        IVolumeDesk desk, ImportRequest request, string source, Terminal terminal, CancellationToken cancellation)
    {
        var progress = new TransferProgress();
        if (source != "-" && Directory.Exists(source))
        {
            long total = terminal.ShowsProgress ? new DirectorySource(source).Measure(cancellation).Bytes : 0;
            await using var bar = new TransferDisplay(terminal, progress, () => (progress.Bytes, total));
            return await desk.ImportDirectoryAsync(request, source, progress, cancellation);
        }

        await using Stream archive = source == "-" ? Terminal.OpenInput() : OpenArchive(source);
        await using var display = new TransferDisplay(terminal, progress, () => archive.CanSeek ? (archive.Position, archive.Length) : null);
        return await desk.ImportArchiveAsync(request, archive, progress, cancellation);
    }

    private static FileStream OpenArchive(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (UnauthorizedAccessException cause)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"'{path}' cannot be read: {cause.Message}", cause);
        }
    }

    internal static void Write(Terminal terminal, TransferReport report)
    {
        string unchanged = report.Unchanged > 0 ? $", {ByteText.Count(report.Unchanged)} unchanged" : "";
        string links = report.Links > 0 ? $", {ByteText.Count(report.Links)} links" : "";
        terminal.WriteLine($"Imported {ByteText.Count(report.Files)} files ({ByteText.Of(report.Bytes)}){unchanged}{links} into volume '{report.Name}'.");
    }
}
