using System.Diagnostics;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Native.Mounts;
using Appliance.Objects;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;

namespace Appliance.Bench.Volumes;

/// <summary>
/// A volume with one file of 4 GB and 20,000 small ones, as a directory: how long a mount takes, how fast it is read,
/// next to a copy of the same files and to reading plain files.
/// </summary>
public static class TreeBench
{
    private const int LargeMegabytes = 4096;
    private const int SmallCount = 20_000;
    // The disk of a virtual machine is slowed down for seconds at a time, which the best of many rounds escapes.
    private const int Rounds = 7;

    public static async Task RunAsync(BenchReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("appliance-tree-");
        try
        {
            await RunAsync(report, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(BenchReport report, string folder)
    {
        string source = Path.Combine(folder, "source");
        WriteSource(source);
        MetadataStore store = await MetadataStore.OpenAsync(folder, TimeProvider.System);
        BlockStore blocks = BlockStore.Open(Path.Combine(folder, "blocks"), new CountedReferences(store), TimeProvider.System);
        ContentStore contents = ContentStore.Open(Path.Combine(folder, "contents"), store, blocks);
        var pins = new VersionPins(store);
        VolumePurger purger = await VolumePurger.OpenAsync(store, pins, failure => throw failure);
        VolumeTrees trees = await VolumeTrees.OpenAsync(Path.Combine(folder, "volumes"), store, contents, pins, failure => throw failure);
        var committer = new VolumeCommitter(store, purger, trees);
        string volume = await CreateAsync(store);
        await FillAsync(contents, committer, volume, source);
        await MeasureAsync(report, trees, committer, volume, source, folder);
        await trees.DisposeAsync();
        await purger.DisposeAsync();
        await blocks.DisposeAsync();
        await store.DisposeAsync();
    }

    private static async Task MeasureAsync(
        BenchReport report, VolumeTrees trees, VolumeCommitter committer, string volume, string source, string folder)
    {
        string target = Directory.CreateDirectory(Path.Combine(folder, "mount")).FullName;
        double build = await SecondsAsync(async () => (await trees.OpenViewAsync(volume, default)).Dispose());
        double change = await SecondsAsync(async () =>
        {
            await committer.CommitAsync(volume, scope => PutEmpty(scope, "one-more"), _ => { }, default);
            (await trees.OpenViewAsync(volume, default)).Dispose();
        });
        double copy = await SecondsAsync(() => ShellAsync($"cp -r {source} {folder}/copy && sync -f {folder}/copy"));
        Dictionary<string, double> best = [];
        for (int round = 0; round < Rounds; round++)
        {
            FileSystemMount? mount = null;
            Keep(best, "mount", await SecondsAsync(async () =>
                mount = VolumeMount.MountReadOnly(await trees.OpenViewAsync(volume, default), target, VolumePath.Root)));
            (string Name, string Command)[] reads =
            [
                ("large", $"cat {target}/large > /dev/null"),
                ("plain large", $"cat {folder}/copy/large > /dev/null"),
                ("small", $"tar cf - -C {target}/small . | cat > /dev/null"),
                ("plain small", $"tar cf - -C {folder}/copy/small . | cat > /dev/null"),
            ];
            foreach ((string name, string command) in round % 2 == 0 ? reads : reads.Reverse())
            {
                await ShellAsync("echo 3 > /proc/sys/vm/drop_caches");
                Keep(best, name, await SecondsAsync(() => ShellAsync(command)));
            }

            mount!.Dispose();
        }

        report.Row("cp -r of the tree, with sync", copy * 1000, "ms");
        report.Row("building the tree once", build * 1000, "ms", "cp -r", copy / build);
        report.Row("commit of one more file, and its layer", change * 1000, "ms", "cp -r", copy / change);
        report.Row("mount once a version exists", best["mount"] * 1000, "ms", "cp -r", copy / best["mount"]);
        report.Row("large file through the mount, from disk", LargeMegabytes / best["large"], "MiB/s", "a plain file", best["plain large"] / best["large"]);
        report.Row("small files through the mount, from disk", SmallCount / best["small"], "files/s", "plain files", best["plain small"] / best["small"]);
    }

    private static IEnumerable<CommitStep> PutEmpty(CommitScope scope, string name)
    {
        scope.PutFile(VolumePath.ReadFile(name), FileContent.Empty, 0x1A4);
        yield return default;
    }

    private static async Task FillAsync(ContentStore contents, VolumeCommitter committer, string volume, string source)
    {
        var files = new List<(VolumePath Path, ContentLease Lease)>();
        string[] paths = Directory.GetFiles(source, "*", SearchOption.AllDirectories);
        await Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (path, cancellation) =>
        {
            await using FileStream file = File.OpenRead(path);
            ContentLease lease = await contents.Importer.ImportAsync(file, null, cancellation);
            lock (files)
            {
                files.Add((VolumePath.ReadFile(Path.GetRelativePath(source, path)), lease));
            }
        });
        await committer.CommitAsync(volume, scope => Put(scope, files), _ => { }, default);
        files.ForEach(file => file.Lease.Dispose());
    }

    private static IEnumerable<CommitStep> Put(CommitScope scope, List<(VolumePath Path, ContentLease Lease)> files)
    {
        foreach ((VolumePath path, ContentLease lease) in files)
        {
            scope.PutFile(path, lease.Content, 0x1A4);
            yield return default;
        }
    }

    private static async Task<string> CreateAsync(MetadataStore store)
    {
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, "bench");
        var caller = new Caller(workspace.Id, ObjectId.Mint<TokenId>(), "bench");
        return await store.WriteAsync(write =>
        {
            ObjectRecord record = ObjectDirectory.Create<VolumeId>(write, caller, new ObjectRequest("tree", "", CreationMode.CreateNew));
            VolumeCatalog.Create(write, record, format: 2);
            return record.Id;
        });
    }

    private static void WriteSource(string source)
    {
        var random = new Random(1);
        byte[] buffer = new byte[1024 * 1024];
        Directory.CreateDirectory(source);
        using (FileStream large = File.Create(Path.Combine(source, "large")))
        {
            for (int count = 0; count < LargeMegabytes; count++)
            {
                random.NextBytes(buffer);
                large.Write(buffer);
            }
        }

        for (int number = 0; number < SmallCount; number++)
        {
            string directory = Path.Combine(source, "small", $"{number / 500}");
            Directory.CreateDirectory(directory);
            random.NextBytes(buffer.AsSpan(0, 4000));
            File.WriteAllBytes(Path.Combine(directory, $"{number}"), buffer.AsSpan(0, 2000 + (number % 2000)));
        }
    }

    private static void Keep(Dictionary<string, double> best, string name, double seconds) =>
        best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), seconds);

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task ShellAsync(string command)
    {
        using Process process = Process.Start("/bin/sh", ["-c", command]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}.");
        }
    }
}
