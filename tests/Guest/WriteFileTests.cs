using Appliance.Tests.Machine;
using Appliance.Tests.Metadata;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Guest;

public sealed class WriteFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Target => Path.Combine(folder.Path, "file");

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(4_200_000)]
    public async Task Write_ANewFile_HoldsTheBytes(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        (await FileToolsRun.WriteAsync(Target, content)).ShouldSucceed();
        Assert.Equal(content, File.ReadAllBytes(Target));
        AssertNothingElse("file");
    }

    [Fact]
    public async Task Write_BelowMissingFolders_MakesThem()
    {
        string path = Path.Combine(folder.Path, "a/b//c/file");
        (await FileToolsRun.WriteAsync(path, "deep")).ShouldSucceed();
        Assert.Equal("deep", File.ReadAllText(path));
    }

    [Fact]
    public async Task Write_OverAFile_KeepsItsModeAndReplacesItsContent()
    {
        folder.Write("file", "a longer old text");
        await Tool.RunAsync("chmod", "4751", Target);
        (await FileToolsRun.WriteAsync(Target, "new")).ShouldSucceed();
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal("4751\n", await Tool.RunAsync("stat", "-c", "%a", Target));
        AssertNothingElse("file");
    }

    [RootFact]
    public async Task Write_OverAnothersFile_KeepsItsOwner()
    {
        folder.Write("file", "old");
        await Tool.RunAsync("chown", "54321:54322", Target);
        await Tool.RunAsync("chmod", "2711", Target);
        (await FileToolsRun.WriteAsync(Target, "new")).ShouldSucceed();
        Assert.Equal("54321:54322 2711\n", await Tool.RunAsync("stat", "-c", "%u:%g %a", Target));
    }

    [Fact]
    public async Task Write_ThroughALink_ChangesWhereItPoints()
    {
        string link = Path.Combine(folder.Path, "link");
        folder.Write("file", "old");
        File.CreateSymbolicLink(link, "file");
        (await FileToolsRun.WriteAsync(link, "new")).ShouldSucceed();
        Assert.Equal("new", File.ReadAllText(Target));
        Assert.Equal("file", new FileInfo(link).LinkTarget);
        AssertNothingElse("file", "link");
    }

    [Fact]
    public async Task Write_ThroughADanglingLink_MakesWhereItPoints()
    {
        string link = Path.Combine(folder.Path, "link");
        File.CreateSymbolicLink(link, "file");
        (await FileToolsRun.WriteAsync(link, "new")).ShouldSucceed();
        Assert.Equal("new", File.ReadAllText(Target));
        AssertNothingElse("file", "link");
    }

    [Fact]
    public async Task Write_WhileSomebodyReads_LeavesThemTheOldContent()
    {
        folder.Write("file", "old text");
        using FileStream open = File.OpenRead(Target);
        (await FileToolsRun.WriteAsync(Target, "new")).ShouldSucceed();
        using var reader = new StreamReader(open);
        Assert.Equal("old text", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Write_BrokenOff_ChangesNothing()
    {
        folder.Write("file", "old");
        foreach (string signal in (string[])["KILL", "TERM"])
        {
            using var run = new GuestProcess(GuestPrograms.FileTools, FileToolsRun.Command("WriteFile", Target));
            await run.Input.WriteAsync(new string('x', 200_000));
            await run.Input.FlushAsync();
            await run.SignalAsync(signal);
            await run.EndAsync();
            Assert.Equal("old", File.ReadAllText(Target));
            AssertNothingElse("file");
        }
    }

    [Fact]
    public async Task Write_WhereItCannot_FailsBeforeTheInputEnds()
    {
        using var run = new GuestProcess(GuestPrograms.FileTools, FileToolsRun.Command("WriteFile", folder.Path));
        (int status, _, string errors) = await run.EndAsync();
        Assert.Equal(1, status);
        Assert.Contains("IsDirectory", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WhatIsNoFile_SaysWhatItIs()
    {
        string file = folder.Write("file", "text");
        (await FileToolsRun.WriteAsync(folder.Path, "x")).ShouldFail("IsDirectory");
        (await FileToolsRun.WriteAsync(folder.Path + "/new/", "x")).ShouldFail("IsDirectory");
        (await FileToolsRun.WriteAsync(file + "/below", "x")).ShouldFail("NotDirectory");
        (await FileToolsRun.WriteAsync(file + "/further/below", "x")).ShouldFail("NotDirectory");
        (await FileToolsRun.WriteAsync("", "x")).ShouldFail("NotFound");
        Assert.Equal("text", File.ReadAllText(file));
        AssertNothingElse("file");
    }

    [Fact]
    public async Task Write_ToADevice_Succeeds() => (await FileToolsRun.WriteAsync("/dev/null", "gone")).ShouldSucceed();

    [MountFact]
    public async Task Write_OverAMountedFile_WritesIntoIt()
    {
        string hosts = folder.Write("outside/hosts", "old text");
        folder.Write("file", "");
        await Tool.RunAsync("mount", "--bind", hosts, Target);
        try
        {
            (await FileToolsRun.WriteAsync(Target, "new")).ShouldSucceed();
            Assert.Equal("new", File.ReadAllText(hosts));
        }
        finally
        {
            await Tool.RunAsync("umount", Target);
        }

        AssertNothingElse("file", "outside");
    }

    [RootFact]
    public async Task Write_AsAUserWithoutRights_IsDeniedOrInPlace()
    {
        string file = folder.Write("file", "old");
        string mine = folder.Write("mine", "a longer old text");
        await Tool.RunAsync("chmod", "755", folder.Path);
        await Tool.RunAsync("chmod", "644", file);
        await Tool.RunAsync("chmod", "666", mine);

        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("WriteFile", file), "new")).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("WriteFile", file + "2"), "new")).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("WriteFile", folder.Path + "/a/b"), "new")).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("WriteFile", mine), "new")).ShouldSucceed();
        Assert.Equal(("old", "new"), (File.ReadAllText(file), File.ReadAllText(mine)));
        Assert.Equal("0\n", await Tool.RunAsync("stat", "-c", "%u", mine));
        AssertNothingElse("file", "mine");
    }

    [RootFact]
    public async Task Write_OverAnothersFileWhereBothMayWrite_IsInPlace()
    {
        string file = folder.Write("file", "a longer old text");
        await Tool.RunAsync("chmod", "1777", folder.Path);
        await Tool.RunAsync("chmod", "666", file);
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("WriteFile", file), "new")).ShouldSucceed();
        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal("0\n", await Tool.RunAsync("stat", "-c", "%u", file));
        AssertNothingElse("file");
    }

    [MountFact]
    public async Task Write_OntoAFullDisk_SaysSoAndKeepsTheOldContent()
    {
        using var mount = new TestMount(sizeKib: 64);
        string file = Path.Combine(mount.Path, "file");
        File.WriteAllText(file, "old");
        FileToolsRun run = await FileToolsRun.WriteAsync(file, new byte[1 << 20]);
        run.ShouldFail("Io");
        Assert.Contains("No space left on device", run.Error.GetProperty("message").GetString()!, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Single(Directory.EnumerateFileSystemEntries(mount.Path));
    }

    public void Dispose() => folder.Dispose();

    private void AssertNothingElse(params string[] names) =>
        Assert.Equal(names, Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
}
