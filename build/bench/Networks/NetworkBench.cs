using System.Diagnostics;
using System.Net;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Namespaces;
using Appliance.Containers.Networks.Policies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Bench.Networks;

/// <summary>
/// Networks of containers on a host of its own in a network namespace, against the program 'ip' that is told to set up
/// the same. Needs root; removes what it makes.
/// </summary>
internal static class NetworkBench
{
    private const int Count = 200;
    private const double WarmLimitMilliseconds = 2;
    private const double ColdLimitMilliseconds = 15;

    public static async Task RunAsync(BenchReport report)
    {
        string directory = Directory.CreateTempSubdirectory("network-bench-").FullName;
        string hostPath = Path.Combine(directory, "host");
        NetworkNamespace.Create(hostPath).Dispose();
        var settings = new NetworkSettings
        {
            Instance = "bench", RunDirectory = Path.Combine(directory, "run"), HostNamespacePath = hostPath, WarmCount = Count,
        };
        try
        {
            double peer = MeasureProgram(hostPath);
            report.Row("one network with the program 'ip', without a packet filter", peer * 1000, "µs");
            await MeasureAsync(report, settings, peer);
            await using NetworkPool pool = NetworkPool.Open(settings with { WarmCount = 0 }, NullLogger.Instance);
            await pool.StartAsync();
            await TunnelBench.RunAsync(report, pool, hostPath);
            await pool.RemoveAllAsync();
        }
        finally
        {
            NetworkNamespace.Delete(hostPath);
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchReport report, NetworkSettings settings, double peer)
    {
        await using NetworkPool pool = NetworkPool.Open(settings with { WarmCount = 0 }, NullLogger.Instance);
        await pool.StartAsync();
        double[] cold = await RentAsync(pool, NetworkPolicy.Open);
        report.Row("one network made, median", Percentile(cold, 50) * 1000, "µs", "the program 'ip'", peer / Percentile(cold, 50));
        report.Row("… 95th percentile", Percentile(cold, 95) * 1000, "µs", "limit of 15 ms", Percentile(cold, 95) / ColdLimitMilliseconds);
        report.Row("one network released, median", Percentile(await ReleaseAsync(pool), 50) * 1000, "µs");

        long start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), async (number, _) => await pool.RentAsync($"p{number}", NetworkPolicy.Open));
        report.Row($"{Count} networks made at once", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");
        start = Stopwatch.GetTimestamp();
        await pool.RemoveAllAsync();
        report.Row($"{Count} networks removed with everything else", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms");

        foreach ((string name, NetworkPolicy policy) in Policies())
        {
            await using NetworkPool warm = NetworkPool.Open(settings, NullLogger.Instance);
            await warm.StartAsync();
            while (warm.ReadyCount < Count)
            {
                await Task.Delay(10);
            }

            double[] rents = await RentAsync(warm, policy);
            report.Row($"ready network rented, {name}, median", Percentile(rents, 50) * 1000, "µs", "limit of 2 ms", Percentile(rents, 50) / WarmLimitMilliseconds);
            report.Row("… 95th percentile", Percentile(rents, 95) * 1000, "µs", "limit of 2 ms", Percentile(rents, 95) / WarmLimitMilliseconds);
            await warm.RemoveAllAsync();
        }
    }

    private static (string Name, NetworkPolicy Policy)[] Policies() =>
    [
        ("open", NetworkPolicy.Open),
        ("blocked", NetworkPolicy.Blocked),
        ("allow-list of 100 networks", NetworkPolicy.Allow(Enumerable.Range(0, 100).Select(number => $"203.0.{number}.0/25"), ["*.example.com"])),
    ];

    private static async Task<double[]> RentAsync(NetworkPool pool, NetworkPolicy policy)
    {
        double[] times = new double[Count];
        for (int number = 0; number < Count; number++)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.RentAsync($"c{number}", policy);
            times[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    private static async Task<double[]> ReleaseAsync(NetworkPool pool)
    {
        double[] times = new double[Count];
        for (int number = 0; number < Count; number++)
        {
            long start = Stopwatch.GetTimestamp();
            await pool.ReleaseAsync($"c{number}");
            times[number] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    // What a script or a network plugin that calls programs does: one start of 'ip' for each step.
    private static double MeasureProgram(string hostPath)
    {
        const int times = 20;
        string[] steps =
        [
            "ip netns add benchN", "ip link add benchN type veth peer name eth0 netns benchN", "ip -n benchN link set lo up",
            "ip -n benchN addr add 10.9.0.N/32 dev eth0", "ip -n benchN link set eth0 up", "ip -n benchN route add 10.9.255.1 dev eth0",
            "ip -n benchN route add default via 10.9.255.1", "ip addr add 10.9.255.1/32 dev benchN", "ip link set benchN up",
            "ip route add 10.9.0.N/32 dev benchN",
        ];
        long start = Stopwatch.GetTimestamp();
        for (int number = 1; number <= times; number++)
        {
            Shell(hostPath, string.Join(" && ", steps).Replace("N", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds / times;
        Shell(hostPath, string.Join(" && ", Enumerable.Range(1, times).Select(number => $"ip netns delete bench{number}")));
        return elapsed;
    }

    private static void Shell(string hostPath, string script)
    {
        using Process process = Process.Start("nsenter", [$"--net={hostPath}", "/bin/sh", "-c", script]);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{script}' ended with {process.ExitCode}.");
        }
    }

    private static double Percentile(double[] times, int percent) => times.Order().ElementAt(times.Length * percent / 100);
}
