using System.Diagnostics;
using System.Security.Cryptography;
using Appliance.Blocks;
using Appliance.Core.Digests;

namespace Appliance.Bench.Blocks;

/// <summary>
/// Puts and gets 1 GiB of random blocks, next to what the machine allows: openssl's SHA-256, a copy with fsync, and
/// a plain read, of the same data on the same disk in the same run. Rounds alternate; values are medians of the rounds,
/// and ratios medians of the rounds' ratios, because a shared disk is now fast, now slow.
/// </summary>
public static class BlockBench
{
    private const int BlockCount = 128;
    private const int RoundCount = 7;
    private const int ClientCount = 8;
    private const int SmallCount = 4096;
    private const int SmallBytes = 4096;
    private const double DataBytes = (double)BlockCount * BlockLimits.LengthBytesMax;

    public static async Task RunAsync(BenchReport report)
    {
        string directory = Path.Combine(
            Environment.GetEnvironmentVariable("BENCH_DIRECTORY") ?? Directory.GetCurrentDirectory(), "block-bench");
        Directory.CreateDirectory(directory);
        try
        {
            await RunAsync(report, directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RunAsync(BenchReport report, string directory)
    {
        string source = Path.Combine(directory, "source");
        Digest[] digests = WriteSource(source);
        Dictionary<string, List<double>> seconds = [];
        for (int round = 0; round < RoundCount; round++)
        {
            Keep(seconds, "openssl", await MeasureAsync(() => RunProgramAsync("openssl", "dgst", "-sha256", source)));
            Keep(seconds, "copy", await MeasureAsync(() => RunProgramAsync(
                "dd", $"if={source}", $"of={directory}/copy", "bs=1M", "conv=fsync", "status=none")));
            File.Delete($"{directory}/copy");
            await RunRoundAsync(seconds, directory, source, digests);
        }

        string slower = Median(seconds["openssl"]) > Median(seconds["copy"]) ? "openssl" : "copy";
        Row(report, seconds, "openssl", null);
        Row(report, seconds, "copy", null);
        Row(report, seconds, $"put, {ClientCount} clients", slower);
        Row(report, seconds, "put, 1 client", slower);
        Row(report, seconds, "plain read, cached", null);
        Row(report, seconds, "get, cached", "plain read, cached");
        Row(report, seconds, "plain read, from disk", null);
        Row(report, seconds, "plain read of the blocks' files, from disk", null);
        Row(report, seconds, "get, from disk", "plain read, from disk");
        Row(report, seconds, $"get, from disk, {ClientCount} clients", "plain read, from disk");
        Row(report, seconds, "get verified, 1 client", "openssl");
        double small = Median(seconds["put small"]);
        report.Row($"put of {SmallBytes}-byte blocks, {ClientCount * 8} clients", SmallCount / small, "blocks/s", null, null);
    }

    private static async Task RunRoundAsync(
        Dictionary<string, List<double>> seconds, string directory, string source, Digest[] digests)
    {
        string path = Path.Combine(directory, "store");
        await using (BlockStore store = BlockStore.Open(path, new NoReferences(), TimeProvider.System))
        {
            Keep(seconds, "put, 1 client", await MeasureAsync(() => PutAllAsync(store, source, digests, 1)));
        }

        Directory.Delete(path, recursive: true);
        await using (BlockStore store = BlockStore.Open(path, new NoReferences(), TimeProvider.System))
        {
            Keep(seconds, $"put, {ClientCount} clients", await MeasureAsync(() => PutAllAsync(store, source, digests, ClientCount)));
            Keep(seconds, "get, cached", await MeasureAsync(() => GetAllAsync(store, digests, 1)));
            Keep(seconds, "plain read, cached", await MeasureAsync(() => ReadPlainly(source)));
            Keep(seconds, "get verified, 1 client", await MeasureAsync(() => GetAllVerifiedAsync(store, digests)));
            if (TryDropPageCache())
            {
                Keep(seconds, "plain read, from disk", await MeasureFromDiskAsync(() => ReadPlainly(source)));
                Keep(seconds, "get, from disk", await MeasureFromDiskAsync(() => GetAllAsync(store, digests, 1)));
                Keep(seconds, $"get, from disk, {ClientCount} clients", await MeasureFromDiskAsync(() => GetAllAsync(store, digests, ClientCount)));
                Keep(seconds, "plain read of the blocks' files, from disk", await MeasureFromDiskAsync(() => RunProgramAsync(
                    "sh", "-c", $"cat {path}/??/* > /dev/null")));
            }

            Keep(seconds, "put small", await MeasureAsync(() => PutSmallAsync(store)));
        }

        Directory.Delete(path, recursive: true);
    }

    private static Task PutAllAsync(BlockStore store, string source, Digest[] digests, int clientCount)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = clientCount };
        return Parallel.ForAsync(0, BlockCount, options, async (index, cancellation) =>
        {
            await using FileStream file = new(source, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            file.Position = (long)index * BlockLimits.LengthBytesMax;
            await using var block = new OneBlockStream(file);
            (await store.PutAsync(block, digests[index], cancellation)).Dispose();
        });
    }

    private static Task PutSmallAsync(BlockStore store)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = ClientCount * 8 };
        return Parallel.ForAsync(0, SmallCount, options, async (_, cancellation) =>
            (await store.PutAsync(RandomNumberGenerator.GetBytes(SmallBytes), cancellation)).Dispose());
    }

    private static Task GetAllAsync(BlockStore store, Digest[] digests, int clientCount)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = clientCount };
        return Parallel.ForEachAsync(digests, options, async (digest, cancellation) =>
            await store.CopyToAsync(digest, 0, BlockLimits.LengthBytesMax, Stream.Null, cancellation));
    }

    private static async Task GetAllVerifiedAsync(BlockStore store, Digest[] digests)
    {
        foreach (Digest digest in digests)
        {
            await store.CopyVerifiedToAsync(digest, Stream.Null, CancellationToken.None);
        }
    }

    private static Task ReadPlainly(string source) =>
        RunProgramAsync("dd", $"if={source}", "of=/dev/null", "bs=512K", "status=none");

    private static Digest[] WriteSource(string path)
    {
        using FileStream file = File.Create(path);
        var digests = new Digest[BlockCount];
        byte[] block = new byte[BlockLimits.LengthBytesMax];
        for (int index = 0; index < BlockCount; index++)
        {
            RandomNumberGenerator.Fill(block);
            file.Write(block);
            digests[index] = Digest.Of(block);
        }

        file.Flush(flushToDisk: true);
        return digests;
    }

    private static bool TryDropPageCache()
    {
        try
        {
            File.WriteAllText("/proc/sys/vm/drop_caches", "1");
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task RunProgramAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }

    private static async Task<double> MeasureAsync(Func<Task> work)
    {
        long startedAt = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
    }

    /// <summary>
    /// Once before it counts: a virtual disk is a file on a machine that caches what was read last, for one peer as for
    /// the other.
    /// </summary>
    private static async Task<double> MeasureFromDiskAsync(Func<Task> work)
    {
        TryDropPageCache();
        await work();
        TryDropPageCache();
        return await MeasureAsync(work);
    }

    private static void Keep(Dictionary<string, List<double>> seconds, string name, double measured)
    {
        if (!seconds.TryGetValue(name, out List<double>? rounds))
        {
            seconds.Add(name, rounds = []);
        }

        rounds.Add(measured);
    }

    private static void Row(BenchReport report, Dictionary<string, List<double>> seconds, string name, string? peer)
    {
        if (seconds.TryGetValue(name, out List<double>? rounds))
        {
            double? ratio = peer is null ? null : Median(seconds[peer].Zip(rounds, (theirs, ours) => theirs / ours));
            report.Row(name, DataBytes / 1e6 / Median(rounds), "MB/s", peer, ratio);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        List<double> sorted = [.. values.Order()];
        return sorted[sorted.Count / 2];
    }

    /// <summary>The next block's worth of a file, as a request body would come.</summary>
    private sealed class OneBlockStream(FileStream file) : Stream
    {
        private int leftBytes = BlockLimits.LengthBytesMax;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = file.Read(buffer, offset, Math.Min(count, leftBytes));
            leftBytes -= read;
            return read;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = file.Read(buffer.Span[..Math.Min(buffer.Length, leftBytes)]);
            leftBytes -= read;
            return ValueTask.FromResult(read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class NoReferences : IBlockReferences
    {
        public ValueTask<IReadOnlySet<Digest>> FindReferencedAsync(
            IReadOnlyCollection<Digest> digests, CancellationToken cancellation) =>
            ValueTask.FromResult<IReadOnlySet<Digest>>(new HashSet<Digest>());
    }
}
