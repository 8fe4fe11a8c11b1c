using System.Diagnostics;
using System.Globalization;

namespace Appliance.Bench.Containers;

/// <summary>The real JS SDK in a process of Node; client.mjs says what it can be asked.</summary>
internal sealed class JsClient : IAsyncDisposable
{
    private readonly Process process;

    private JsClient(ServedAppliance server)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(ServedAppliance.Root, "build", "bench", "Containers", "client.mjs")])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach ((string name, string value) in server.Variables)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
    }

    /// <summary>Where 'npm ci' puts what the tests need of it, too.</summary>
    public static string Folder => Path.Combine(ServedAppliance.Root, "tests", "Interop");

    public static bool IsInstalled => Programs.IsInstalled("node") && Directory.Exists(Path.Combine(Folder, "node_modules", "modal"));

    public static async Task<JsClient> StartAsync(ServedAppliance server)
    {
        var client = new JsClient(server);
        await client.ReadLineAsync();
        return client;
    }

    /// <returns>Milliseconds.</returns>
    public async Task<double> MeasureAsync(string line) => double.Parse(await AskAsync(line), CultureInfo.InvariantCulture);

    public async Task<string> AskAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
        return await ReadLineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<string> ReadLineAsync() =>
        await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The JS client has ended; what it said is above.");
}
