using System.Diagnostics;
using System.Text.Json.Nodes;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Guest;

public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private static JsonArray NoAccess => new("Create", "Modify", "Remove", "Rename", "RenameFrom", "RenameTo", "Unknown");

    /// <summary>What happens to names, whatever is done to content.</summary>
    private static JsonArray Names => new("Create", "Remove", "Rename", "RenameFrom", "RenameTo", "Unknown");

    [Fact]
    public async Task Changes_OfEachKind_AreToldAtOnce()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path);
        string file = Path.Combine(folder.Path, "file");

        File.Create(file).Dispose();
        Assert.Equal(["Create file"], await watch.ReadUntilAsync("Create file"));
        File.AppendAllText(file, "text");
        Assert.Contains("Modify file", await watch.ReadUntilAsync("Modify file"));
        File.ReadAllText(file);
        Assert.Contains("Access file", await watch.ReadUntilAsync("Access file"));
        File.Move(file, file + "2");
        await watch.ReadUntilAsync("Rename file file2");
        File.Delete(file + "2");
        await watch.ReadUntilAsync("Remove file2");
        Assert.Empty(await watch.StopAsync());
    }

    [Fact]
    public async Task Moves_AcrossTheBorder_AreRenamesOfOneSide()
    {
        folder.Write("outside/in", "");
        folder.Write("watched/out", "");
        string watched = Path.Combine(folder.Path, "watched");
        using WatchRun watch = await WatchRun.StartAsync(watched);

        File.Move(Path.Combine(folder.Path, "outside/in"), watched + "/in");
        await watch.ReadUntilAsync("RenameTo in");
        File.Move(watched + "/out", Path.Combine(folder.Path, "outside/out"));
        await watch.ReadUntilAsync("RenameFrom out");
        Assert.Empty(await watch.StopAsync());
    }

    [Fact]
    public async Task ATreeMadeAtOnce_IsToldWhole_EachPathOnce()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: new JsonArray("Create"));
        List<string> made = [];
        for (int i = 0; i < 100; i++)
        {
            folder.Write($"{i}/a/b/file", "");
            made.AddRange([$"Create {i}", $"Create {i}/a", $"Create {i}/a/b", $"Create {i}/a/b/file"]);
        }

        folder.Write("last", "");
        List<string> told = await watch.ReadUntilAsync("Create last");
        told.AddRange(await watch.StopAsync());
        Assert.Equal(made.Append("Create last").Order(), told.Order());
    }

    [Fact]
    public async Task AFolderRenamed_TakesItsNameAlong()
    {
        folder.Write("a/deep/file", "");
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: Names, watches: 3);
        Directory.Move(folder.Path + "/a", folder.Path + "/b");
        folder.Write("b/deep/new", "");
        Assert.Equal(["Rename a b", "Create b/deep/new"], await watch.ReadUntilAsync("Create b/deep/new"));

        folder.Write("c/other", "");
        await watch.ReadUntilAsync("Create c/other");
        Directory.Move(folder.Path + "/b", folder.Path + "/c/b");
        File.Delete(folder.Path + "/c/b/deep/new");
        Assert.Equal(["Rename b c/b", "Remove c/b/deep/new"], await watch.ReadUntilAsync("Remove c/b/deep/new"));
    }

    [Fact]
    public async Task AFolderMovedOut_IsWatchedNoLonger_AndOneMovedInIs()
    {
        folder.Write("watched/leaves/file", "");
        folder.Write("comes/deep/file", "");
        string watched = Path.Combine(folder.Path, "watched");
        using WatchRun watch = await WatchRun.StartAsync(watched, recursive: true, filter: Names, watches: 2);

        Directory.Move(watched + "/leaves", folder.Path + "/left");
        await watch.ReadUntilAsync("RenameFrom leaves");
        folder.Write("left/new", "");
        Directory.Move(folder.Path + "/comes", watched + "/came");
        await watch.ReadUntilAsync("RenameTo came");
        await watch.AwaitWatchesAsync(3);
        folder.Write("watched/came/deep/new", "");
        Assert.Equal(["Create came/deep/new"], await watch.ReadUntilAsync("Create came/deep/new"));
    }

    [Fact]
    public async Task AFolderRemovedAndMadeAgain_IsWatchedAgain()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: Names);
        for (int i = 0; i < 20; i++)
        {
            folder.Write("again/file", "");
            await watch.ReadUntilAsync("Create again/file");
            Directory.Delete(folder.Path + "/again", recursive: true);
            await watch.ReadUntilAsync("Remove again");
        }
    }

    [Fact]
    public async Task AFolderRenamedBeforeItWasLookedInto_IsToldWhole()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: Names);
        await watch.Process.SignalAsync("STOP");
        folder.Write("a/b/file", "");
        Directory.Move(folder.Path + "/a", folder.Path + "/c");
        await watch.Process.SignalAsync("CONT");
        Assert.Equal(["Create a", "Rename a c", "Create c/b", "Create c/b/file"], await watch.ReadUntilAsync("Create c/b/file"));
    }

    [Fact]
    public async Task AFolderMovedToWhereNobodyWatchedYet_IsARenameAllTheSame()
    {
        folder.Write("a/b/file", "");
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: Names, watches: 3);
        await watch.Process.SignalAsync("STOP");
        Directory.CreateDirectory(folder.Path + "/new/deep");
        Directory.Move(folder.Path + "/a", folder.Path + "/new/deep/a");
        await watch.Process.SignalAsync("CONT");
        Assert.Equal(["Create new", "Create new/deep", "Rename a new/deep/a"], await watch.ReadUntilAsync("Rename a new/deep/a"));
        folder.Write("new/deep/a/b/other", "");
        await watch.ReadUntilAsync("Create new/deep/a/b/other");
    }

    [Fact]
    public async Task AFolderMovedOut_WhileSomethingMovesIntoIt_IsLeftAlone()
    {
        folder.Write("watched/a/b/file", "");
        folder.Write("watched/c", "");
        string watched = Path.Combine(folder.Path, "watched");
        using WatchRun watch = await WatchRun.StartAsync(watched, recursive: true, filter: Names, watches: 3);
        await watch.Process.SignalAsync("STOP");
        Directory.Move(watched + "/a", folder.Path + "/out");
        File.Move(folder.Write("d", ""), folder.Path + "/out/b/d");
        File.Move(watched + "/c", folder.Path + "/out/b/c");
        folder.Write("watched/last", "");
        await watch.Process.SignalAsync("CONT");
        Assert.Equal(["RenameFrom a", "Create last", "RenameFrom c"], await watch.ReadUntilAsync("RenameFrom c"));
    }

    [Fact]
    public async Task Below_WithoutRecursion_IsNotTold()
    {
        folder.Write("below/file", "");
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, filter: Names);
        folder.Write("below/new", "");
        folder.Write("beside", "");
        Assert.Equal(["Create beside"], await watch.ReadUntilAsync("Create beside"));
    }

    [Fact]
    public async Task Filter_OfSomeKinds_DropsTheOthers()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, filter: new JsonArray("Remove"));
        File.Delete(folder.Write("file", "text"));
        Assert.Equal(["Remove file"], await watch.StopAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filter_OfNothing_DropsAll(bool recursive)
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive, filter: new JsonArray());
        File.Delete(folder.Write("file", "text"));
        Assert.Empty(await watch.StopAsync());
    }

    [Fact]
    public async Task AFile_ChangedOrReplaced_IsToldOfAndNothingElse()
    {
        string file = folder.Write("file", "");
        using WatchRun watch = await WatchRun.StartAsync(file, filter: NoAccess, folder: folder.Path);
        folder.Write("other", "");
        File.WriteAllText(file, "x");
        Assert.Equal(["Modify file"], await watch.ReadUntilAsync("Modify file"));

        File.Move(folder.Write("new", "y"), file, overwrite: true);
        Assert.Equal("RenameTo file", (await watch.ReadUntilAsync("RenameTo file"))[^1]);
        (await FileToolsRun.WriteAsync(file, "z")).ShouldSucceed();
        Assert.Equal(["Modify file"], await watch.ReadUntilAsync("Modify file"));
        File.Move(file, file + "2");
        Assert.Equal(["RenameFrom file"], await watch.ReadUntilAsync("RenameFrom file"));
        File.WriteAllText(file, "again");
        await watch.ReadUntilAsync("Create file");
    }

    [Fact]
    public async Task OurOwnWrites_AreCreationsAndModifications()
    {
        string file = Path.Combine(folder.Path, "file");
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true);
        (await FileToolsRun.WriteAsync(file, "x")).ShouldSucceed();
        Assert.Equal(["Create file"], await watch.ReadUntilAsync("Create file"));
        (await FileToolsRun.WriteAsync(file, "y")).ShouldSucceed();
        Assert.Equal(["Modify file"], await watch.ReadUntilAsync("Modify file"));
        Assert.Empty(await watch.StopAsync());
    }

    [Fact]
    public async Task ALink_IsResolved_InTheEvents()
    {
        folder.Write("target/file", "");
        File.CreateSymbolicLink(folder.Path + "/link", "target");
        using WatchRun watch = await WatchRun.StartAsync(folder.Path + "/link", folder: folder.Path);
        folder.Write("target/new", "");
        await watch.ReadUntilAsync("Create target/new");
    }

    [Fact]
    public async Task TheFolderItself_RemovedOrMoved_IsTold()
    {
        foreach ((string name, string last, Action<string> change) in new (string, string, Action<string>)[]
        {
            ("gone", "Remove .", path => Directory.Delete(path, recursive: true)),
            ("moved", "RenameFrom .", path => Directory.Move(path, path + "2")),
        })
        {
            string path = Directory.CreateDirectory(Path.Combine(folder.Path, name, "x")).Parent!.FullName;
            using WatchRun watch = await WatchRun.StartAsync(path, recursive: true, watches: 2);
            change(path);
            await watch.ReadUntilAsync(last);
            Assert.Empty(await watch.StopAsync());
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 950)]
    public async Task Timeout_WhenItIsOver_EndsTheWatchWithoutAnError(int timeoutSecs, int atLeastMs)
    {
        using var run = new GuestProcess(GuestPrograms.FileTools, FileToolsRun.Command("Watch", folder.Path, ("timeout_secs", timeoutSecs)));
        long start = Stopwatch.GetTimestamp();
        Assert.Equal((0, "", ""), await run.EndAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, atLeastMs, 20_000);
    }

    [Fact]
    public async Task Output_ThatNobodyReads_EndsTheWatch()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path);
        watch.Process.Output.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (IsRunning(watch.Process.Id))
        {
            await Task.Delay(10, limit.Token);
        }
    }

    private static bool IsRunning(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Length > 0;
        }
        catch (IOException)
        {
            // It went while it was looked at.
            return false;
        }
    }

    [Fact]
    public async Task Events_MoreThanTheKernelKeeps_AreOwnedUpTo()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true, filter: new JsonArray("Unknown", "Create"));
        await watch.Process.SignalAsync("STOP");
        int count = int.Parse(File.ReadAllText("/proc/sys/fs/inotify/max_queued_events")) + 1000;
        Directory.CreateDirectory(Path.Combine(folder.Path, "missed"));
        string file = Path.Combine(folder.Path, "file");
        for (int i = 0; i < count; i++)
        {
            File.CreateSymbolicLink(file, "target");
            File.Delete(file);
        }

        Directory.CreateDirectory(Path.Combine(folder.Path, "later"));
        await watch.Process.SignalAsync("CONT");
        await watch.ReadUntilAsync("Unknown .");
        await watch.AwaitWatchesAsync(3);
        folder.Write("later/new", "");
        Assert.Contains("Create later/new", await watch.ReadUntilAsync("Create later/new"));
    }

    [Fact]
    public async Task NothingHappens_NoTimeIsSpent()
    {
        using WatchRun watch = await WatchRun.StartAsync(folder.Path, recursive: true);
        using Process process = Process.GetProcessById(watch.Process.Id);
        TimeSpan before = process.TotalProcessorTime;
        await Task.Delay(1000);
        process.Refresh();
        Assert.InRange((process.TotalProcessorTime - before).TotalMilliseconds, 0, 20);
    }

    [Fact]
    public async Task WhatCannotBeWatched_SaysWhy()
    {
        string file = folder.Write("file", "");
        File.CreateSymbolicLink(file + "-dangling", "nowhere");
        (await FileToolsRun.RunAsync(FileToolsRun.Command("Watch", file + "-missing"))).ShouldFail("NotFound");
        (await FileToolsRun.RunAsync(FileToolsRun.Command("Watch", file + "-dangling"))).ShouldFail("NotFound");
        (await FileToolsRun.RunAsync(FileToolsRun.Command("Watch", file + "/below"))).ShouldFail("NotDirectory");
    }

    [RootFact]
    public async Task Watch_AsAnotherUser_TakesTheRightToRead()
    {
        string file = folder.Write("passage/file", "");
        string passage = Path.GetDirectoryName(file)!;
        await Tool.RunAsync("chmod", "755", folder.Path);
        await Tool.RunAsync("chmod", "644", file);
        await Tool.RunAsync("chmod", "711", passage);
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("Watch", passage))).ShouldFail("PermissionDenied");

        // The folder may not be watched, but the file may.
        using var run = new GuestProcess("setpriv", "--reuid", "65534", "--clear-groups", "--", GuestPrograms.FileTools, FileToolsRun.Command("Watch", file));
        await Task.Delay(500);
        File.WriteAllText(file, "x");
        Assert.Contains(file, await run.ReadLineAsync(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
