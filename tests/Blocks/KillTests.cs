using System.Diagnostics;
using System.Runtime.CompilerServices;
using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;

namespace Appliance.Tests.Blocks;

/// <summary>A real process that puts and collects blocks is killed at a random moment, again and again.</summary>
public sealed class KillTests : IDisposable
{
    private const string ChildVariable = "APPLIANCE_TEST_BLOCK_CHILD";
    private const string Store = "store";
    private const string Acknowledged = "acknowledged";

    private readonly string directory = Directory.CreateTempSubdirectory("appliance-kill-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task Open_AfterKill_HasEveryAcknowledgedBlock()
    {
        var random = new Random(7);
        List<Digest> acknowledged = [];
        await File.WriteAllTextAsync(Path.Combine(directory, Acknowledged), string.Empty);
        for (int round = 0; round < 5; round++)
        {
            acknowledged.AddRange(await RunAndKillAsync(TimeSpan.FromMilliseconds(random.Next(20, 500))));
            await File.WriteAllLinesAsync(Path.Combine(directory, Acknowledged), acknowledged.Select(digest => $"{digest}"));
            await using BlockStore store = BlockStore.Open(Path.Combine(directory, Store), new FakeReferences(), TimeProvider.System);
            Assert.All(acknowledged, digest => Assert.True(store.Exists(digest), $"'{digest}' was lost."));
            Assert.Empty((await store.ScrubAsync(long.MaxValue, null, default)).Damaged);
            Assert.Empty(Directory.GetFiles(Path.Combine(directory, Store, "tmp")));
        }

        Assert.True(acknowledged.Count > 50, $"Only {acknowledged.Count} puts were acknowledged: nothing is tested.");
    }

    /// <summary>
    /// Makes the test program the child, when it is started as one: Main does nothing, and a foreground thread keeps
    /// the process. The work must not run in the initializer itself, since other threads wait for that to end.
    /// </summary>
#pragma warning disable CA2255 // The test project is a program.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void StartChild()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is { } directory)
        {
            new Thread(() => PutForeverAsync(directory).GetAwaiter().GetResult()).Start();
        }
    }

    private static async Task PutForeverAsync(string directory)
    {
        var references = new FakeReferences();
        foreach (string line in File.ReadLines(Path.Combine(directory, Acknowledged)))
        {
            Assert.True(Digest.TryReadHex(line, out Digest digest));
            references.Add(digest);
        }

        await using BlockStore store = BlockStore.Open(Path.Combine(directory, Store), references, TimeProvider.System);
        Task collecting = Task.Run(async () =>
        {
            while (true)
            {
                await store.CollectAsync(TimeSpan.Zero, default);
            }
        });
        await Parallel.ForAsync(0, int.MaxValue, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, stop) =>
        {
            byte[] content = new byte[Random.Shared.Next(1, 700_000)];
            Random.Shared.NextBytes(content);
            using BlockLease lease = await store.PutAsync(new MemoryStream(content), null, stop);
            if (index % 2 == 0)
            {
                references.Add(lease.Digest);
                Console.Out.WriteLine($"{lease.Digest}");
            }
        });
        await collecting;
    }

    /// <summary>The digests the child has acknowledged before it was killed, some time after its first.</summary>
    private async Task<List<Digest>> RunAndKillAsync(TimeSpan life)
    {
        ProcessStartInfo start = new("dotnet", [typeof(KillTests).Assembly.Location]) { RedirectStandardOutput = true };
        start.Environment[ChildVariable] = directory;
        using Process child = Process.Start(start)!;
        List<Digest> digests = [];
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (digests.Count == 0)
            {
                _ = KillLaterAsync(child, life);
            }

            // The last line may be cut off, and then it acknowledges nothing.
            if (Digest.TryReadHex(line, out Digest digest))
            {
                digests.Add(digest);
            }
        }

        await child.WaitForExitAsync();
        return digests;
    }

    private static async Task KillLaterAsync(Process child, TimeSpan life)
    {
        await Task.Delay(life);
        child.Kill();
    }
}
