using System.CommandLine;
using System.Net;
using Appliance.Admin.Api;
using Appliance.Admin.Doctor;
using Appliance.Cli.Output;
using Appliance.Cli.Serving;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;

namespace Appliance.Cli.Machine;

/// <summary><c>appliance doctor</c>: whether this machine can do the work, found out by trying.</summary>
public static class DoctorVerb
{
    public static Command Create()
    {
        var command = new Command("doctor", "Try out what the appliance needs of this machine; name each fault with its fix. Exit status 1 when something is bad.");
        SettingOptions options = SettingOptions.AddTo(command, [SettingKeys.Grpc, SettingKeys.Http]);
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            ServeSettings settings = new ServeSettingsBinder(options.OpenSources(parsed)).Bind();
            DoctorReport report = await MachineDoctor.For(await SubjectOfAsync(settings, cancellation)).InspectAsync(cancellation);
            terminal.WriteResult(report, DoctorJson.Default.DoctorReport, text => Write(text, report));
            return report.Healthy ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static async Task<DoctorSubject> SubjectOfAsync(ServeSettings settings, CancellationToken cancellation) => new()
    {
        DataDirectory = settings.DataDirectory,
        Grpc = new IPEndPoint(settings.Grpc.Address, settings.Grpc.Port),
        Http = new IPEndPoint(settings.Http.Address, settings.Http.Port),
        ServerProcessId = await FindServerAsync(settings.DataDirectory, cancellation),
    };

    private static async Task<int?> FindServerAsync(string dataDirectory, CancellationToken cancellation)
    {
        try
        {
            using AdminClient? client = await RunningServer.FindAsync(dataDirectory, cancellation);
            return client is null ? null : (await client.GetStatusAsync(cancellation)).Pid;
        }
        catch (ApplianceException)
        {
            // A server that does not answer is what the ports then show.
            return null;
        }
    }

    private static void Write(Terminal terminal, DoctorReport report)
    {
        int width = report.Findings.Max(finding => finding.Name.Length);
        foreach (Finding finding in report.Findings)
        {
            (string word, Colour colour) = finding.State switch
            {
                FindingState.Ok => ("ok  ", Colour.Good),
                FindingState.Warn => ("warn", Colour.Warning),
                _ => ("BAD ", Colour.Bad),
            };
            terminal.WriteLine($"{terminal.Paint(word, colour)}  {finding.Name.PadRight(width)}  {finding.What}");
            if (finding.Fix is { } fix)
            {
                terminal.WriteLine($"      {new string(' ', width)}  {terminal.Paint("-> " + fix, Colour.Dim)}");
            }
        }

        int bad = report.Findings.Count(finding => finding.State == FindingState.Bad);
        int warned = report.Findings.Count(finding => finding.State == FindingState.Warn);
        terminal.WriteLine();
        terminal.WriteLine(bad > 0 ? terminal.Paint($"{bad} bad, {warned} to know about", Colour.Bad)
            : warned > 0 ? terminal.Paint($"nothing bad, {warned} to know about", Colour.Warning)
            : terminal.Paint("all well", Colour.Good));
    }
}
