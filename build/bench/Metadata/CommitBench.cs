using System.Diagnostics;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Bench.Metadata;

/// <summary>
/// Durable single-row commits per second through the store, against one caller that commits alone on its own SQLite
/// connection with the same table and durability.
/// </summary>
public static class CommitBench
{
    private const int Rounds = 7;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RoundTime = TimeSpan.FromSeconds(1);
    private static long lastKey;
    private static readonly byte[] Value = new byte[64];

    public static async Task RunAsync(BenchReport report)
    {
        string directory = Directory.CreateTempSubdirectory("appliance-bench-").FullName;
        try
        {
            await using MetadataStore store = await MetadataStore.OpenAsync(Path.Combine(directory, "store"), TimeProvider.System);
            using var peer = new LoneCommitter(Path.Combine(directory, "alone.db"));
            foreach (KeyOrder order in Enum.GetValues<KeyOrder>())
            {
                await MeasureAsync(report, store, peer, order);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchReport report, MetadataStore store, LoneCommitter peer, KeyOrder order)
    {
        // The lone ones take turns, so that what else the machine does burdens them alike, and come first, after a pause:
        // the write-back of what 64 callers wrote slows whoever flushes next.
        var (alone, one, many) = (new List<double>(), new List<double>(), new List<double>());
        await Task.Delay(Pause);
        for (int round = 0; round < Rounds; round++)
        {
            alone.Add(MeasureAlone(peer, order));
            one.Add(await MeasureStoreAsync(store, order, callers: 1));
        }

        for (int round = 0; round < Rounds; round++)
        {
            many.Add(await MeasureStoreAsync(store, order, callers: 64));
        }

        string keys = order == KeyOrder.Rising ? "rising keys" : "random keys";
        report.Row($"{keys}: SQLite, one caller committing alone", Median(alone), "commits/s");
        report.Row($"{keys}: store, 1 caller", Median(one), "commits/s", "one caller alone", Median(one) / Median(alone));
        report.Row($"{keys}: store, 64 callers", Median(many), "commits/s", "one caller alone", Median(many) / Median(alone));
        report.Row($"{keys}: store, 64 callers", Median(many), "commits/s", "store, 1 caller", Median(many) / Median(one));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double MeasureAlone(LoneCommitter peer, KeyOrder order)
    {
        long count = 0;
        long started = Stopwatch.GetTimestamp();
        for (; Stopwatch.GetElapsedTime(started) < RoundTime; count++)
        {
            peer.Commit(NextKey(order), Value);
        }

        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> MeasureStoreAsync(MetadataStore store, KeyOrder order, int callers)
    {
        long started = Stopwatch.GetTimestamp();
        long[] counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            long count = 0;
            for (; Stopwatch.GetElapsedTime(started) < RoundTime; count++)
            {
                string key = NextKey(order);
                await store.WriteAsync(write => StoredSettings.Write(write, key, Value));
            }

            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static string NextKey(KeyOrder order) => order == KeyOrder.Rising
        ? $"rising-{Interlocked.Increment(ref lastKey):D25}"
        : Guid.NewGuid().ToString("N");

    /// <summary>Rising keys share pages, random ones touch a page each: the bounds of what real tables do.</summary>
    private enum KeyOrder
    {
        Rising,
        Random,
    }
}
