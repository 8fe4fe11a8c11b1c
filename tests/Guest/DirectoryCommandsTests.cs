using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Guest;

public sealed class DirectoryCommandsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("a//b/c/")]
    [InlineData("a/./b/../b/c")]
    public async Task Make_WithParents_MakesAllOfThem(string path)
    {
        string whole = folder.Path + "/" + path;
        (await FileToolsRun.MakeAsync(whole, parents: true)).ShouldSucceed();
        (await FileToolsRun.MakeAsync(whole, parents: true)).ShouldSucceed();
        Assert.True(Directory.Exists(Path.Combine(folder.Path, "a/b/c")));
    }

    [Fact]
    public async Task Make_WithoutParents_MakesOne()
    {
        string path = Path.Combine(folder.Path, "a");
        (await FileToolsRun.MakeAsync(path + "/b", parents: false)).ShouldFail("NotFound");
        (await FileToolsRun.MakeAsync(path, parents: false)).ShouldSucceed();
        (await FileToolsRun.MakeAsync(path, parents: false)).ShouldFail("PathAlreadyExists");
    }

    [Fact]
    public async Task Make_OverOrBelowAFile_SaysWhich()
    {
        string file = folder.Write("file", "");
        File.CreateSymbolicLink(file + "-dangling", "nowhere");
        foreach (bool parents in (bool[])[false, true])
        {
            (await FileToolsRun.MakeAsync(file, parents)).ShouldFail("PathAlreadyExists");
            (await FileToolsRun.MakeAsync(file + "-dangling", parents)).ShouldFail("PathAlreadyExists");
            (await FileToolsRun.MakeAsync(file + "/below", parents)).ShouldFail("NotDirectory");
            (await FileToolsRun.MakeAsync("", parents)).ShouldFail("NotFound");
        }

        (await FileToolsRun.MakeAsync(file + "/further/below", parents: true)).ShouldFail("NotDirectory");
    }

    [Fact]
    public async Task Make_ThroughALink_IsFine()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "target"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "target");
        (await FileToolsRun.MakeAsync(folder.Path + "/link", parents: true)).ShouldSucceed();
        (await FileToolsRun.MakeAsync(folder.Path + "/link/below/it", parents: true)).ShouldSucceed();
        Assert.True(Directory.Exists(Path.Combine(folder.Path, "target/below/it")));
    }

    [RootFact]
    public async Task Change_WhereTheUserMayNot_IsDenied()
    {
        folder.Write("full/file", "");
        await Tool.RunAsync("chmod", "755", folder.Path);
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("MakeDirectory", folder.Path + "/new", ("parents", true)))).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("Remove", folder.Path + "/full/file"))).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("Remove", folder.Path + "/full", ("recursive", true)))).ShouldFail("PermissionDenied");
        Assert.True(File.Exists(folder.Path + "/full/file"));
    }

    [Fact]
    public async Task Remove_FilesLinksAndEmptyFolders_NeedsNoRecursion()
    {
        string file = folder.Write("file", "");
        string empty = Directory.CreateDirectory(Path.Combine(folder.Path, "empty")).FullName;
        string link = Path.Combine(folder.Path, "link");
        File.CreateSymbolicLink(link, "full");
        folder.Write("full/kept", "");

        (await FileToolsRun.RemoveAsync(file, recursive: false)).ShouldSucceed();
        (await FileToolsRun.RemoveAsync(empty + "/", recursive: false)).ShouldSucceed();
        (await FileToolsRun.RemoveAsync(link + "/", recursive: true)).ShouldSucceed();
        Assert.Equal(["full"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(folder.Path, "full/kept")));
    }

    [Fact]
    public async Task Remove_AFullFolder_TakesRecursion()
    {
        folder.Write("outside/kept", "");
        for (int i = 0; i < 200; i++)
        {
            folder.Write($"tree/{i % 7}/{i}/file", "");
        }

        File.CreateSymbolicLink(Path.Combine(folder.Path, "tree/link"), "../outside");
        await Tool.RunAsync("mkfifo", Path.Combine(folder.Path, "tree/fifo"));
        string tree = Path.Combine(folder.Path, "tree");

        (await FileToolsRun.RemoveAsync(tree, recursive: false)).ShouldFail("DirectoryNotEmpty");
        (await FileToolsRun.RemoveAsync(tree, recursive: true)).ShouldSucceed();
        Assert.False(Directory.Exists(tree));
        Assert.True(File.Exists(Path.Combine(folder.Path, "outside/kept")));
    }

    [Fact]
    public async Task Remove_ADeepTree_NeedsNeitherPathsNorFiles()
    {
        string tree = Path.Combine(folder.Path, "tree");
        // Far longer than a path may be, with something beside the way at each level.
        const string script = "import os,sys\nos.mkdir(sys.argv[1]); os.chdir(sys.argv[1])\nfor i in range(3000):\n os.mkdir('beside'); open('beside/file','w'); os.mkdir('x'*50); os.chdir('x'*50)";
        await Tool.RunAsync("python3", "-c", script, tree);
        string[] shell = ["sh", "-c", "ulimit -n 64; exec \"$0\" \"$1\"", GuestPrograms.FileTools, FileToolsRun.Command("Remove", tree, ("recursive", true))];
        (await FileToolsRun.StartAsync(shell, [])).ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    [Fact]
    public async Task Remove_WhatIsNotThere_SaysSo()
    {
        string file = folder.Write("file", "");
        (await FileToolsRun.RemoveAsync(file + "-missing", recursive: true)).ShouldFail("NotFound");
        (await FileToolsRun.RemoveAsync(file + "/below", recursive: true)).ShouldFail("NotDirectory");
        (await FileToolsRun.RemoveAsync("", recursive: true)).ShouldFail("NotFound");
    }

    [Fact]
    public async Task Remove_UpwardsOrInPlace_IsRefused()
    {
        folder.Write("a/b/file", "");
        (await FileToolsRun.RemoveAsync(folder.Path + "/a/b/..", recursive: true)).ShouldFail("Io");
        (await FileToolsRun.RemoveAsync(folder.Path + "/a/b/.", recursive: true)).ShouldFail("Io");
        Assert.True(File.Exists(folder.Path + "/a/b/file"));
    }

    public void Dispose() => folder.Dispose();
}
