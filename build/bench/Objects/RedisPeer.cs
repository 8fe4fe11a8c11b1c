using System.Diagnostics;
using System.Globalization;

namespace Appliance.Bench.Objects;

/// <summary>Redis that syncs each write before it answers, on a port and in a directory of its own.</summary>
internal sealed class RedisPeer : IAsyncDisposable
{
    private readonly DirectoryInfo data = Directory.CreateTempSubdirectory("appliance-bench-redis-");
    private readonly string port = (30_000 + Random.Shared.Next(2_000)).ToString(CultureInfo.InvariantCulture);
    private readonly Process process;

    private RedisPeer() => process = Process.Start(new ProcessStartInfo(
        "redis-server",
        [
            "--port", port, "--bind", "127.0.0.1", "--dir", data.FullName, "--save", "", "--appendonly", "yes",
            "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--daemonize", "no",
        ])
    {
        RedirectStandardOutput = true,
    })!;

    public static bool IsInstalled => new[] { "redis-server", "redis-benchmark" }.All(program =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))));

    public static async Task<RedisPeer> StartAsync()
    {
        var peer = new RedisPeer();
        string? line = "";
        while (line is not null && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
            line = await peer.process.StandardOutput.ReadLineAsync();
        }

        return peer;
    }

    /// <summary>Operations a second, as redis-benchmark measures them.</summary>
    /// <param name="test">Its name for the operation: "set", "lpush" …</param>
    /// <param name="callers">Connections, each with one request under way.</param>
    /// <param name="count">Operations.</param>
    /// <param name="valueBytes">Length of the values.</param>
    public async Task<double> MeasureAsync(string test, int callers, int count, int valueBytes)
    {
        using Process benchmark = Process.Start(new ProcessStartInfo(
            "redis-benchmark",
            [
                "-p", port, "-t", test, "-c", Text(callers), "-n", Text(count), "-d", Text(valueBytes), "-r", Text(ObjectsBench.KeyCount), "--csv",
            ])
        {
            RedirectStandardOutput = true,
        })!;
        string output = await benchmark.StandardOutput.ReadToEndAsync();
        await benchmark.WaitForExitAsync();
        string row = output.Trim().Split('\n')[^1];
        return double.Parse(row.Split(',')[1].Trim('"'), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        data.Delete(recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
