using System.Diagnostics;
using System.Globalization;

namespace Appliance.Bench;

/// <summary>The published executable, serving from a directory of its own.</summary>
internal sealed class ServedAppliance : IAsyncDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("appliance-bench-");
    private readonly Process process;

    private ServedAppliance(int grpcPort, int httpPort, string[] more)
    {
        GrpcPort = grpcPort;
        process = Process.Start(new ProcessStartInfo(
            Executable,
            ["serve", "--data", data.FullName, "--grpc", Local(grpcPort), "--http", Local(httpPort), .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
    }

    /// <summary>The folder of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public static string Executable { get; } = Path.Combine(Root, "build", "out", "appliance");

    public int GrpcPort { get; }

    public int ProcessId => process.Id;

    public string Data => data.FullName;

    /// <summary>What clients find in their environment: where it is, and its first token.</summary>
    public IReadOnlyDictionary<string, string> Variables => File.ReadAllLines(Path.Combine(data.FullName, "token.env"))
        .Select(line => line["export ".Length..].Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Headers that its first token allows, in the order in which clients send them.</summary>
    public (string Name, string Value)[] Headers
    {
        get
        {
            IReadOnlyDictionary<string, string> token = Variables;
            return
            [
                (":authority", Local(GrpcPort)), ("te", "trailers"), ("content-type", "application/grpc"),
                ("user-agent", "modal-client/1.5.4 (linux; cpython/3.11)"), ("x-modal-client-version", "1.5.4"),
                ("x-modal-client-type", "1"), ("x-modal-python-version", "3.11.2"),
                ("x-modal-token-id", token["MODAL_TOKEN_ID"]), ("x-modal-token-secret", token["MODAL_TOKEN_SECRET"]),
            ];
        }
    }

    /// <param name="more">What 'serve' is told besides.</param>
    public static async Task<ServedAppliance> StartAsync(params string[] more)
    {
        int port = 20_000 + Random.Shared.Next(10_000);
        var server = new ServedAppliance(port, port + 1, more);
        using var http = new HttpClient();
        while (!await IsReadyAsync(http, port + 1))
        {
            if (server.process.HasExited)
            {
                throw new InvalidOperationException($"'{Executable}' ended with {server.process.ExitCode} instead of serving.");
            }

            await Task.Delay(10);
        }

        return server;
    }

    /// <summary>Runs another verb on its data; answers what it prints.</summary>
    public async Task<string> RunAsync(params string[] verb)
    {
        using Process run = Process.Start(new ProcessStartInfo(Executable, [.. verb, "--data", data.FullName]) { RedirectStandardOutput = true })!;
        string output = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();
        return run.ExitCode == 0 ? output : throw new InvalidOperationException($"'appliance {string.Join(' ', verb)}' failed.");
    }

    /// <summary>Lets it end by itself, so that it puts its containers away.</summary>
    public async ValueTask DisposeAsync()
    {
        // Asked, not killed: it may have containers to stop.
        using (Process kill = Process.Start("kill", [process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        process.Dispose();
        data.Delete(recursive: true);
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, int port)
    {
        try
        {
            return (await http.GetAsync(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/readyz"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Local(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private static string FindRoot()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "appliance.csproj")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
