using System.CommandLine;
using System.Runtime.InteropServices;
using Appliance.Cli.Output;
using Appliance.Gpus;
using Appliance.Hosting.Logging;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Native.Systemd;
using Microsoft.Extensions.Logging;

namespace Appliance.Cli.Serving;

/// <summary><c>appliance serve</c>: runs until it is told to stop.</summary>
public static class ServeVerb
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the server. SIGTERM lets running calls end; a second one stops at once.");
        SettingOptions options = SettingOptions.AddTo(command, SettingKeys.All);
        command.Runs((parsed, terminal, cancellation) => RunAsync(options.OpenSources(parsed), terminal, cancellation));
        return command;
    }

    private static async Task<ExitStatus> RunAsync(SettingSources sources, Terminal terminal, CancellationToken cancellation)
    {
        ServeSettings settings = new ServeSettingsBinder(sources).Bind();
        using var provider = new LineLoggerProvider(terminal.Errors, settings.LogFormat, TimeProvider.System);
        using ILoggerFactory logs = LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(settings.LogLevel)
            .AddFilter("Microsoft", LogLevel.Warning)
            // While it may log anything at all, each request gets an activity; what fails there is logged by its parts.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            // Why a listener could not be opened is said by the verb, in words of its own.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None));
        using var stop = new StopSignals();
        await using ApplianceServer server = await ApplianceServer.StartAsync(settings, new GpuMachine(), logs, TimeProvider.System, cancellation);
        ILogger logger = logs.CreateLogger("Serve");
        ServeLog.Started(logger, ServerVersion.Text, server.Addresses.Grpc.Url, server.Addresses.Http.Url, settings.DataDirectory);
        terminal.WriteResult(server.Status(), Admin.Api.AdminJson.Default.ServerStatus, text => Banner.Write(text, server, settings));
        using var notifier = ServiceNotifier.Open();
        notifier.Ready();
        await using var watchdog = ServiceWatchdog.Start(notifier, TimeProvider.System);

        await stop.Asked.WaitAsync(cancellation);
        ServeLog.Stopping(logger, ApplianceServer.DrainTime.TotalSeconds);
        notifier.Stopping();
        await server.StopAsync(stop.Insisted);
        ServeLog.Stopped(logger);
        return ExitStatus.Done;
    }

    /// <summary>The first signal asks, the second insists.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource insisted = new();
        private readonly List<PosixSignalRegistration> registrations;

        public StopSignals() => registrations =
            [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT }.Select(signal => PosixSignalRegistration.Create(signal, Hear))];

        public Task Asked => asked.Task;

        public CancellationToken Insisted => insisted.Token;

        public void Dispose()
        {
            registrations.ForEach(registration => registration.Dispose());
            insisted.Dispose();
        }

        private void Hear(PosixSignalContext context)
        {
            context.Cancel = true;
            if (!asked.TrySetResult())
            {
                insisted.Cancel();
            }
        }
    }
}
