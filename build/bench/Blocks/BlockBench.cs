using System.Diagnostics;
using System.Security.Cryptography;
using Appliance.Blocks;
using Appliance.Core.Digests;

namespace Appliance.Bench.Blocks;

/// <summary>
/// Puts and gets 1 GiB of random blocks, next to what the machine allows: openssl's SHA-256, a copy with fsync, and
/// a plain read, of the same data on the same disk in the same run. Rounds alternate and the best of each counts,
/// because a shared disk only ever gets slower, never faster, than it is.
/// </summary>
public static class BlockBench
{
    private const int BlockCount = 128;
    private const int RoundCount = 5;
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
        Dictionary<string, double> best = [];
        for (int round = 0; round < RoundCount; round++)
        {
            Keep(best, "openssl", await MeasureAsync(() => RunProgramAsync("openssl", "dgst", "-sha256", source)));
            Keep(best, "copy", await MeasureAsync(() => RunProgramAsync(
                "dd", $"if={source}", $"of={directory}/copy", "bs=1M", "conv=fsync", "status=none")));
            File.Delete($"{directory}/copy");
            await RunRoundAsync(best, directory, source, digests);
        }

        string slower = best["openssl"] > best["copy"] ? "openssl" : "copy";
        Row(report, best, "openssl", null);
        Row(report, best, "copy", null);
        Row(report, best, $"put, {ClientCount} clients", slower);
        Row(report, best, "put, 1 client", slower);
        Row(report, best, "plain read, cached", null);
        Row(report, best, "get, cached", "plain read, cached");
        Row(report, best, "plain read, from disk", null);
        Row(report, best, "plain read of the blocks' files, from disk", null);
        Row(report, best, "get, from disk", "plain read of the blocks' files, from disk");
        Row(report, best, $"get, from disk, {ClientCount} clients", "plain read, from disk");
        Row(report, best, "get verified, 1 client", "openssl");
        double small = best["put small"];
        report.Row($"put of {SmallBytes}-byte blocks, {ClientCount * 8} clients", SmallCount / small, "blocks/s", null, null);
    }

    private static async Task RunRoundAsync(
        Dictionary<string, double> best, string directory, string source, Digest[] digests)
    {
        string path = Path.Combine(directory, "store");
        await using (BlockStore store = BlockStore.Open(path, new NoReferences(), TimeProvider.System))
        {
            Keep(best, "put, 1 client", await MeasureAsync(() => PutAllAsync(store, source, digests, 1)));
        }

        Directory.Delete(path, recursive: true);
        await using (BlockStore store = BlockStore.Open(path, new NoReferences(), TimeProvider.System))
        {
            Keep(best, $"put, {ClientCount} clients", await MeasureAsync(() => PutAllAsync(store, source, digests, ClientCount)));
            Keep(best, "get, cached", await MeasureAsync(() => GetAllAsync(store, digests, 1)));
            Keep(best, "plain read, cached", await MeasureAsync(() => ReadPlainly(source)));
            Keep(best, "get verified, 1 client", await MeasureAsync(() => GetAllVerifiedAsync(store, digests)));
            if (TryDropPageCache())
            {
                Keep(best, "get, from disk", await MeasureAsync(() => GetAllAsync(store, digests, 1)));
                TryDropPageCache();
                Keep(best, $"get, from disk, {ClientCount} clients", await MeasureAsync(() => GetAllAsync(store, digests, ClientCount)));
                TryDropPageCache();
                Keep(best, "plain read, from disk", await MeasureAsync(() => ReadPlainly(source)));
                TryDropPageCache();
                Keep(best, "plain read of the blocks' files, from disk", await MeasureAsync(() => RunProgramAsync(
                    "sh", "-c", $"cat {path}/??/* > /dev/null")));
            }

            Keep(best, "put small", await MeasureAsync(() => PutSmallAsync(store)));
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

    private static void Keep(Dictionary<string, double> best, string name, double seconds) =>
        best[name] = Math.Min(seconds, best.GetValueOrDefault(name, double.MaxValue));

    private static void Row(BenchReport report, Dictionary<string, double> best, string name, string? peer)
    {
        if (best.TryGetValue(name, out double seconds))
        {
            double? ratio = peer is null ? null : best[peer] / seconds;
            report.Row(name, DataBytes / 1e6 / seconds, "MB/s", peer, ratio);
        }
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
