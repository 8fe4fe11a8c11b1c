using System.CommandLine;
using Appliance.Admin.Api;
using Appliance.Cli.Output;
using Appliance.Core.Errors;

namespace Appliance.Cli.Serving;

/// <summary><c>appliance status</c>: what the running server tells of itself.</summary>
public static class StatusVerb
{
    public static Command Create()
    {
        var command = new Command("status", "Show the running server: addresses, data, readiness. Exit status 5 when none runs or it is not ready.");
        command.Runs(async (parsed, terminal, cancellation) =>
        {
            string data = GlobalOptions.DataDirectory(parsed);
            using AdminClient? client = await RunningServer.FindAsync(data, cancellation);
            if (client is null)
            {
                throw new ApplianceException(
                    ErrorKind.Unavailable, $"No server runs on data directory '{data}': start it with 'appliance serve --data {data}'.");
            }

            ServerStatus status = await client.GetStatusAsync(cancellation);
            terminal.WriteResult(status, AdminJson.Default.ServerStatus, text => Write(text, status));
            return status.Ready ? ExitStatus.Done : ExitStatus.Unavailable;
        });
        return command;
    }

    private static void Write(Terminal terminal, ServerStatus status)
    {
        terminal.WriteLine($"appliance {status.Version}, process {status.Pid}, since {status.StartedAt.LocalDateTime:yyyy-MM-dd HH:mm:ss}");
        terminal.WriteLine(status.Ready ? terminal.Paint("ready", Colour.Good) : terminal.Paint("not ready", Colour.Bad));
        foreach (string reason in status.Reasons)
        {
            terminal.WriteLine($"  {reason}");
        }

        terminal.WriteLine($"  gRPC       {status.Grpc.Url}  ({status.Grpc.Address})");
        terminal.WriteLine($"  HTTP       {status.Http.Url}  ({status.Http.Address})");
        terminal.WriteLine($"  data       {status.Data}");
        terminal.WriteLine($"  workspace  {status.Workspace}");
        if (status.Tls is { } tls)
        {
            terminal.WriteLine($"  TLS        until {tls.ExpiresAt.LocalDateTime:yyyy-MM-dd}{(tls.Authority is null ? string.Empty : $", authority {tls.Authority}")}");
        }
    }
}
