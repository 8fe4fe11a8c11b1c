using System.Diagnostics;
using System.Globalization;
using System.Net.Http;

namespace Appliance.Bench.Start;

/// <summary>The published executable: time from exec to the first /readyz that says yes, memory at rest, size.</summary>
public static class StartBench
{
    private const int Rounds = 15;
    private const double ReadyMsMax = 150;
    private const double RestingMegabytesMax = 60;
    private const double ExecutableMegabytesMax = 40;
    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(BenchReport report)
    {
        string executable = Path.Combine(Root(), "build", "out", "appliance");
        DirectoryInfo data = Directory.CreateTempSubdirectory("appliance-bench-");
        try
        {
            var readyMs = new List<double>();
            double restingMegabytes = 0;

            // The first round warms the disk and creates the data directory.
            for (int round = 0; round <= Rounds; round++)
            {
                double ms = await StartAsync(executable, data.FullName, round == Rounds, megabytes => restingMegabytes = megabytes);
                if (round > 0)
                {
                    readyMs.Add(ms);
                }
            }

            readyMs.Sort();
            double median = readyMs[readyMs.Count / 2];
            double size = new FileInfo(executable).Length / 1e6;
            report.Row("exec to ready, median", median, "ms", "limit of 150 ms", median / ReadyMsMax);
            report.Row("exec to ready, worst", readyMs[^1], "ms", "limit of 150 ms", readyMs[^1] / ReadyMsMax);
            report.Row("resident memory at rest", restingMegabytes, "MB", "limit of 60 MB", restingMegabytes / RestingMegabytesMax);
            report.Row("size of the executable", size, "MB", "limit of 40 MB", size / ExecutableMegabytesMax);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static async Task<double> StartAsync(string executable, string data, bool isMeasured, Action<double> setMegabytes)
    {
        int port = 20_000 + Random.Shared.Next(10_000);
        var start = new ProcessStartInfo(executable, ["serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", $"127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var http = new HttpClient();
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        while (!await AnswersAsync(http, port))
        {
            await Task.Delay(1);
        }

        double ms = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        if (isMeasured)
        {
            await Task.Delay(RestTime);
            process.Refresh();
            setMegabytes(process.WorkingSet64 / 1e6);
        }

        process.Kill();
        await process.WaitForExitAsync();
        return ms;
    }

    private static async Task<bool> AnswersAsync(HttpClient http, int port)
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

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "appliance.csproj")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
