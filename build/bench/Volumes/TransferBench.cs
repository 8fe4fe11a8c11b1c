using System.Diagnostics;

namespace Appliance.Bench.Volumes;

/// <summary>
/// 2 GB into a volume and out again with the real protocol, hashing as clients do, next to cp with sync and sha256sum of
/// the same file, and to restic's backup and restore. Rounds take turns; the best of each counts.
/// </summary>
public static class TransferBench
{
    private const int FileMegabytes = 2048;
    private const int Rounds = 3;
    private const string CopyAndHash = "cp + sync + sha256sum";
    private const string Backup = "restic backup";
    private const string Restore = "restic restore";

    public static async Task RunAsync(BenchReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("appliance-transfer-");
        string source = Path.Combine(folder.FullName, "source");
        await ShellAsync($"head -c {FileMegabytes}M /dev/urandom > {source}");
        bool hasRestic = File.Exists("/usr/bin/restic");
        if (!hasRestic)
        {
            Console.Error.WriteLine("SKIPPED: restic (Debian package) is not installed, so it is not compared with.");
        }

        Dictionary<string, double> best = [];
        for (int round = 0; round < Rounds; round++)
        {
            await KeepAsync(best, CopyAndHash, () => ShellAsync($"cp {source} {source}.copy && sync {source}.copy && sha256sum {source}"));
            File.Delete(source + ".copy");
            if (hasRestic)
            {
                await RunResticAsync(best, folder.FullName, source);
            }

            await RunOwnAsync(best, source, round);
        }

        folder.Delete(recursive: true);
        Row(report, best, CopyAndHash, null);
        foreach ((string own, string peer) in new[] { ("volume upload", Backup), ("volume download", Restore) })
        {
            Row(report, best, own, CopyAndHash);
            if (hasRestic)
            {
                Row(report, best, peer, null);
                report.Row(own, FileMegabytes / best[own], "MiB/s", peer, best[peer] / best[own]);
            }
        }

        Row(report, best, "second upload of the same file", CopyAndHash);
    }

    private static async Task RunOwnAsync(Dictionary<string, double> best, string source, int round)
    {
        await using ServedAppliance server = await ServedAppliance.StartAsync();
        using var client = new TransferClient(server);
        await client.CreateAsync($"bench{round}");
        await KeepAsync(best, "volume upload", () => client.UploadAsync(source));
        await KeepAsync(best, "second upload of the same file", () => client.UploadAsync(source));
        await KeepAsync(best, "volume download", () => client.DownloadAsync(source + ".back"));
        await ShellAsync($"cmp {source} {source}.back");
        File.Delete(source + ".back");
    }

    private static async Task RunResticAsync(Dictionary<string, double> best, string folder, string source)
    {
        string restic = $"RESTIC_PASSWORD=bench restic -q --no-cache -r {folder}/restic";
        await ShellAsync($"{restic} init");
        await KeepAsync(best, Backup, () => ShellAsync($"{restic} backup {source}"));
        await KeepAsync(best, Restore, () => ShellAsync($"{restic} restore latest --target {folder}/restored"));
        Directory.Delete($"{folder}/restic", recursive: true);
        Directory.Delete($"{folder}/restored", recursive: true);
    }

    private static void Row(BenchReport report, Dictionary<string, double> best, string name, string? peer) =>
        report.Row(name, FileMegabytes / best[name], "MiB/s", peer, peer is null ? null : best[peer] / best[name]);

    private static async Task KeepAsync(Dictionary<string, double> best, string name, Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Error.WriteLine($"{name}: {seconds:0.00} s");
        best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), seconds);
    }

    private static async Task ShellAsync(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{{ {command}; }} > /dev/null"]))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
        }
    }
}
