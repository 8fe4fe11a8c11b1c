using System.CommandLine;
using Appliance.Admin.Programs;
using Appliance.Admin.Service;
using Appliance.Cli.Output;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;

namespace Appliance.Cli.Machine;

/// <summary><c>appliance install</c>: a service of systemd that starts with the machine.</summary>
public static class InstallVerb
{
    private static readonly IReadOnlyList<SettingKey> PathKeys = [SettingKeys.Data, SettingKeys.TlsCertificate, SettingKeys.TlsKey];

    public static Command Create()
    {
        var dry = new Option<bool>("--dry-run") { Description = "Print what would be done, and the unit file." };
        var command = new Command("install", "Install and start the server as a systemd service, with the settings given here. Doing it again updates it.") { dry };
        SettingOptions options = SettingOptions.AddTo(command, SettingKeys.All);
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            var paths = new ServicePaths();
            SettingSources sources = options.OpenSources(parsed);
            ServeSettings settings = new ServeSettingsBinder(sources).Bind();
            string unit = ServiceUnit.Render(paths.Executable, Arguments(sources), settings.DataDirectory);
            bool isDry = parsed.GetValue(dry);
            if (!isDry)
            {
                RequireSystemd(paths);
            }

            var installation = new ServiceInstallation(paths, new Systemctl(ProgramProbe.OfMachine()), Environment.ProcessPath!, unit);
            ServiceReport report = await ServiceReport.TakeAsync(installation.Steps(), isDry, terminal, cancellation);
            terminal.WriteResult(report, ServiceJson.Default.ServiceReport, text => WriteEnd(text, isDry, unit, settings.DataDirectory));
            return ExitStatus.Done;
        });
        return command;
    }

    /// <summary>
    /// What flags and variables say now, as flags of the service: it will see neither. The configuration file is
    /// read anew at each start.
    /// </summary>
    internal static IEnumerable<string> Arguments(SettingSources sources)
    {
        yield return "serve";
        if (sources.NamedFile is { } file)
        {
            yield return "--config";
            yield return Path.GetFullPath(file);
        }

        foreach (SettingKey key in SettingKeys.All)
        {
            if (sources.FindGiven(key) is { } given)
            {
                yield return key.Flag;
                yield return PathKeys.Contains(key) ? Path.GetFullPath(given.Text) : given.Text;
            }
        }
    }

    private static void RequireSystemd(ServicePaths paths)
    {
        if (!paths.HasSystemd)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                "systemd does not run this machine, so nothing was installed. 'appliance install --dry-run' shows what would be done; "
                + "with another supervisor, let it run 'appliance serve' and send SIGTERM to stop it.");
        }

        RequireRoot("install");
    }

    internal static void RequireRoot(string verb)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new ApplianceException(ErrorKind.PermissionDenied, $"Only root can do that: run 'sudo appliance {verb}'.");
        }
    }

    private static void WriteEnd(Terminal terminal, bool isDry, string unit, string dataDirectory)
    {
        terminal.WriteLine();
        if (isDry)
        {
            terminal.WriteLine(unit.TrimEnd());
            return;
        }

        terminal.WriteLine($"See it with 'appliance status --data {dataDirectory}', its log with 'journalctl -fu appliance'.");
    }
}
