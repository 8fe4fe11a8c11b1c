using System.Diagnostics;
using System.Text.Json;
using Appliance.Admin.Api;
using Appliance.Hosting.Startup;
using Grpc.Net.Client;

namespace Appliance.Tests.EndToEnd;

/// <summary>The published executable, serving on free loopback ports until it is stopped, killed or disposed.</summary>
internal sealed class PublishedAppliance : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    // As the real clients have it.
    private const int ClientMessageBytesMax = 100 * 1024 * 1024;

    private readonly Process process;
    private readonly Task<string> errors;

    private PublishedAppliance(Process process, Task<string> errors, ServerStatus status)
    {
        this.process = process;
        this.errors = errors;
        Status = status;
        Channel = GrpcChannel.ForAddress(status.Grpc.Url, new GrpcChannelOptions { MaxReceiveMessageSize = ClientMessageBytesMax });
    }

    public static string ExecutablePath { get; } = Path.Combine(FindRoot(), "build", "out", "appliance");

    public ServerStatus Status { get; }

    public GrpcChannel Channel { get; }

    public int Pid => process.Id;

    /// <summary>Values of the token file, by variable.</summary>
    public IReadOnlyDictionary<string, string> Environment => File.ReadAllLines(FirstToken.PathIn(Status.Data))
        .Select(line => line["export ".Length..].Split('=', 2))
        .ToDictionary(pair => pair[0], pair => pair[1]);

    public global::Grpc.Core.Metadata Credentials
    {
        get
        {
            IReadOnlyDictionary<string, string> environment = Environment;
            return new global::Grpc.Core.Metadata
            {
                { "x-modal-token-id", environment["MODAL_TOKEN_ID"] },
                { "x-modal-token-secret", environment["MODAL_TOKEN_SECRET"] },
            };
        }
    }

    public static Task<PublishedAppliance> StartAsync(string dataDirectory, params string[] more) =>
        StartAtAsync(dataDirectory, "127.0.0.1:0", "127.0.0.1:0", more);

    /// <summary>Starts a server on the data and the ports of one that has ended.</summary>
    public static Task<PublishedAppliance> StartAgainAsync(ServerStatus earlier, params string[] more) =>
        StartAtAsync(earlier.Data, new Uri(earlier.Grpc.Url).Authority, new Uri(earlier.Http.Url).Authority, more);

    private static async Task<PublishedAppliance> StartAtAsync(string dataDirectory, string grpc, string http, string[] more)
    {
        Assert.True(File.Exists(ExecutablePath), $"'{ExecutablePath}' is missing: run build/publish first.");
        var start = new ProcessStartInfo(ExecutablePath, ["serve", "--json", "--data", dataDirectory, "--grpc", grpc, "--http", http, .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(StartLimit);
        if (line is null)
        {
            await process.WaitForExitAsync();
            Assert.Fail($"The server ended with {process.ExitCode} before it was ready: {await errors}");
        }

        return new PublishedAppliance(process, errors, JsonSerializer.Deserialize(line, AdminJson.Default.ServerStatus)!);
    }

    /// <summary>Asks it to stop; answers its exit status and what it logged.</summary>
    public async Task<(int ExitStatus, string Log)> StopAsync()
    {
        using (Process kill = Process.Start("kill", ["-TERM", process.Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await errors);
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static string FindRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "appliance.csproj")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("No folder above holds appliance.csproj.");
        }

        return directory;
    }
}
