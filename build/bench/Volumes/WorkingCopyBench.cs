using System.Diagnostics;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Objects;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Bench.Volumes;

/// <summary>
/// A volume of a million files as a container sees it: how long it takes to mount it, to commit one change and many, to
/// find that nothing has changed, and to show another version. The peer is a copy of the same files.
/// </summary>
public static class WorkingCopyBench
{
    private const int FileCount = 1_000_000;
    private const int ChangedCount = 20_000;
    private const int Rounds = 5;

    public static async Task RunAsync(BenchReport report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("appliance-workcopy-");
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
        MetadataStore store = await MetadataStore.OpenAsync(folder, TimeProvider.System);
        BlockStore blocks = BlockStore.Open(Path.Combine(folder, "blocks"), new CountedReferences(store), TimeProvider.System);
        ContentStore contents = ContentStore.Open(Path.Combine(folder, "contents"), store, blocks);
        var pins = new VersionPins(store);
        VolumePurger purger = await VolumePurger.OpenAsync(store, pins, failure => Console.Error.WriteLine(failure));
        VolumeTrees trees = await VolumeTrees.OpenAsync(Path.Combine(folder, "volumes"), store, contents, pins, failure => Console.Error.WriteLine(failure));
        var committer = new VolumeCommitter(store, purger, trees);
        var copies = new VolumeWorkingCopies(store, contents, committer, trees, TimeProvider.System);
        string volume = await CreateAsync(store);
        await committer.CommitAsync(volume, Fill, _ => { }, default);
        (await trees.OpenViewAsync(volume, default)).Dispose();

        await MeasureAsync(report, copies, volume, folder);

        await copies.DisposeAsync();
        await trees.DisposeAsync();
        await purger.DisposeAsync();
        await blocks.DisposeAsync();
        await store.DisposeAsync();
    }

    private static async Task MeasureAsync(BenchReport report, VolumeWorkingCopies copies, string volume, string folder)
    {
        Dictionary<string, double> best = [];
        VolumeWorkingCopy one = await OpenAsync(copies, volume, folder, "one");
        for (int round = 0; round < Rounds; round++)
        {
            VolumeWorkingCopy? other = null;
            Keep(best, "mount", await SecondsAsync(async () => other = await OpenAsync(copies, volume, folder, $"round{round}")));
            await File.WriteAllTextAsync(Path.Combine(one.MountPoint, $"d{round}/changed"), $"{round}");
            Keep(best, "one change", await SecondsAsync(() => one.CommitAsync(CommitOccasion.Requested, default)));
            Keep(best, "reload", await SecondsAsync(() => other!.ReloadAsync(null, default)));
            await other!.CloseAsync(CloseMode.Commit, default);
        }

        string source = Path.Combine(folder, "source");
        WriteMany(source);
        double copy = await SecondsAsync(() => ShellAsync($"cp -r {source} {folder}/copy && sync -f {folder}/copy"));
        await ShellAsync($"cp -r {source} {one.MountPoint}/new");
        double many = await SecondsAsync(() => one.CommitAsync(CommitOccasion.Requested, default));
        for (int round = 0; round < Rounds; round++)
        {
            Keep(best, "nothing", await SecondsAsync(() => one.CommitAsync(CommitOccasion.Background, default)));
        }

        await one.CloseAsync(CloseMode.Commit, default);
        report.Row("mount of a volume of a million files, writable", best["mount"] * 1000, "ms", "limit of 50 ms", best["mount"] * 1000 / 50);
        report.Row("commit of one change in it", best["one change"] * 1000, "ms", "cp -r of 20,000 files, with sync", copy / best["one change"]);
        report.Row("reload to that version", best["reload"] * 1000, "ms");
        report.Row("cp -r of 20,000 small files, with sync", copy * 1000, "ms");
        report.Row("commit of 20,000 new files", many * 1000, "ms", "cp -r", copy / many);
        report.Row("finding nothing new among 20,000 committed files", best["nothing"] * 1000, "ms", "cp -r", copy / best["nothing"]);
    }

    private static Task<VolumeWorkingCopy> OpenAsync(VolumeWorkingCopies copies, string volume, string folder, string id) => copies.OpenAsync(
        new WorkingCopyRequest(id, volume, VolumePath.Root, IsReadOnly: false, Path.Combine(folder, "tasks", id), Path.Combine(folder, "room", id)), default);

    private static IEnumerable<CommitStep> Fill(CommitScope scope)
    {
        for (int number = 0; number < FileCount; number++)
        {
            scope.PutFile(VolumePath.ReadFile($"d{number / 1000}/f{number}"), FileContent.Empty, 0x1A4);
            yield return default;
        }
    }

    private static void WriteMany(string source)
    {
        var random = new Random(1);
        byte[] buffer = new byte[4000];
        for (int number = 0; number < ChangedCount; number++)
        {
            string directory = Path.Combine(source, $"{number / 500}");
            Directory.CreateDirectory(directory);
            random.NextBytes(buffer);
            File.WriteAllBytes(Path.Combine(directory, $"{number}"), buffer.AsSpan(0, 2000 + (number % 2000)));
        }
    }

    private static async Task<string> CreateAsync(MetadataStore store)
    {
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, "bench");
        var caller = new Caller(workspace.Id, ObjectId.Mint<TokenId>(), "bench");
        return await store.WriteAsync(write =>
        {
            ObjectRecord record = ObjectDirectory.Create<VolumeId>(write, caller, new ObjectRequest("workcopy", "", CreationMode.CreateNew));
            VolumeCatalog.Create(write, record, format: 2);
            return record.Id;
        });
    }

    private static async Task<double> SecondsAsync(Func<Task> work)
    {
        long start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Keep(Dictionary<string, double> best, string name, double seconds)
    {
        Console.Error.WriteLine($"{name}: {seconds * 1000:0.0} ms");
        best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), seconds);
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
