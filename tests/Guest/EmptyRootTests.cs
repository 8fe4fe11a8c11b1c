using System.Diagnostics;
using System.Text;
using Appliance.Tests.Machine;

namespace Appliance.Tests.Guest;

/// <summary>The programs in a root that holds nothing else: no shell, no libraries, no /proc, no accounts.</summary>
public sealed class EmptyRootTests : IDisposable
{
    private readonly TemporaryFolder root = new();

    public EmptyRootTests()
    {
        File.Copy(GuestPrograms.Init, Path.Combine(root.Path, "init"));
        File.Copy(GuestPrograms.FileTools, Path.Combine(root.Path, "tools"));
    }

    [RootFact]
    public async Task FileTools_EachOperation_Works()
    {
        (await RunAsync(FileToolsRun.Command("MakeDirectory", "/data/deep", ("parents", true)))).ShouldSucceed();
        (await RunAsync(FileToolsRun.Command("WriteFile", "/data/file"), "first")).ShouldSucceed();
        (await RunAsync(FileToolsRun.Command("WriteFile", "/data/file"), "second")).ShouldSucceed();
        Assert.Equal("second", (await RunAsync(FileToolsRun.Command("ReadFile", "/data/file"))).ShouldSucceed().Text);
        Assert.Equal(2, (await RunAsync(FileToolsRun.Command("ListFiles", "/data"))).ShouldSucceed().Json.GetArrayLength());
        Assert.Equal("0", (await RunAsync(FileToolsRun.Command("Stat", "/data"))).ShouldSucceed().Json.GetProperty("owner").GetString());
        (await RunAsync(FileToolsRun.Command("Watch", "/data", ("timeout_secs", 0)))).ShouldSucceed();
        (await RunAsync(FileToolsRun.Command("Remove", "/data", ("recursive", true)))).ShouldSucceed();
        Assert.False(Directory.Exists(Path.Combine(root.Path, "data")));
    }

    [RootFact]
    public async Task Owners_ComeFromTheRootsOwnAccounts()
    {
        root.Write("etc/passwd", "broken\n:x:0:0\n\nadmin:x:0:0:::\ntwice:x:0:0:::");
        root.Write("etc/group", "first:x:00000000000000000000001:\nstaff:x:0");
        var entry = (await RunAsync(FileToolsRun.Command("Stat", "/init"))).ShouldSucceed().Json;
        Assert.Equal(("admin", "staff"), (entry.GetProperty("owner").GetString(), entry.GetProperty("group").GetString()));
    }

    [RootFact]
    public async Task Write_BrokenOff_LeavesNothingEvenWithoutProc()
    {
        using var run = new GuestProcess("chroot", root.Path, "/tools", FileToolsRun.Command("WriteFile", "/file"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!Directory.EnumerateFiles(root.Path, ".modal*").Any())
        {
            await Task.Delay(5, limit.Token);
        }

        await run.SignalAsync("TERM");
        Assert.Equal(143, (await run.EndAsync()).Status);
        Assert.Equal(["init", "tools"], Directory.EnumerateFileSystemEntries(root.Path).Select(Path.GetFileName).Order());
    }

    [RootFact]
    public async Task Remove_TheRoot_IsRefusedHoweverItIsNamed()
    {
        File.CreateSymbolicLink(Path.Combine(root.Path, "self"), "/");
        foreach (string path in (string[])["/", "//", "/.", "/self/.", "/.."])
        {
            (await RunAsync(FileToolsRun.Command("Remove", path, ("recursive", true)))).ShouldFail("Io");
        }

        (await RunAsync(FileToolsRun.Command("Remove", "/self/", ("recursive", true)))).ShouldSucceed();
        Assert.Equal(["init", "tools"], Directory.EnumerateFileSystemEntries(root.Path).Select(Path.GetFileName).Order());
    }

    [RootFact]
    public async Task Init_AsProcessOne_RunsTheTools()
    {
        string[] words = ["unshare", "--pid", "--fork", "chroot", root.Path, "/init", "--", "/init", "--exec", "--", "/tools", FileToolsRun.Command("ListFiles", "/")];
        Assert.Equal(2, (await FileToolsRun.StartAsync(words, [])).ShouldSucceed().Json.GetArrayLength());
    }

    [RootFact]
    public async Task Init_AsProcessOne_GetsSignalsFromOutside()
    {
        // Process 1 is spared what has a default effect, unless it asks for it.
        foreach ((string signal, int expected) in new[] { ("TERM", 143), ("INT", 130) })
        {
            using var idle = new GuestProcess("unshare", "--pid", "--fork", "chroot", root.Path, "/init");
            int init;
            // Without /dev/null it closes its files instead, once signals are held.
            while ((init = ChildOf(idle.Id)) == 0 || Directory.EnumerateFileSystemEntries($"/proc/{init}/fd").Any())
            {
                await Task.Delay(5);
            }

            await KillAsync(init, signal);
            Assert.Equal(expected, (await idle.EndAsync()).Status);
        }
    }

    [RootFact]
    public async Task Init_AsProcessOne_EndsAsItsProgramDoes()
    {
        using var run = new GuestProcess("unshare", "--pid", "--fork", "chroot", root.Path, "/init", "--", "/tools", FileToolsRun.Command("Watch", "/"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        int init;
        while ((init = ChildOf(run.Id)) == 0 || ChildOf(init) == 0 || !File.ReadAllText($"/proc/{ChildOf(init)}/cmdline").StartsWith("/tools", StringComparison.Ordinal))
        {
            await Task.Delay(5, limit.Token);
        }

        await KillAsync(init, "TERM");
        Assert.Equal(143, (await run.EndAsync()).Status);
    }

    [RootFact]
    public async Task Init_WithoutWhatItIsToRun_SaysSo()
    {
        (int status, _, string errors) = await GuestProcess.RunAsync("chroot", root.Path, "/init", "--", "/bin/sh");
        Assert.Equal((127, "cannot run '/bin/sh': No such file or directory\n"), (status, errors));
    }

    public void Dispose() => root.Dispose();

    private static int ChildOf(int process)
    {
        string children = File.Exists($"/proc/{process}/task/{process}/children") ? File.ReadAllText($"/proc/{process}/task/{process}/children") : "";
        return children.Length == 0 ? 0 : int.Parse(children.Split(' ')[0]);
    }

    private static async Task KillAsync(int process, string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, process.ToString()]);
        await kill.WaitForExitAsync();
    }

    private Task<FileToolsRun> RunAsync(string command, string input = "") =>
        FileToolsRun.StartAsync(["chroot", root.Path, "/tools", command], Encoding.UTF8.GetBytes(input));
}
