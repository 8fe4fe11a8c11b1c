using System.Text.Json;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Guest;

public sealed class ListFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task List_AFolder_IsSortedAndOneLevelDeep()
    {
        foreach (string name in (string[])["zebra", "alpha", "below/nested", "Ä", "10", "9"])
        {
            folder.Write(name, "text");
        }

        JsonElement list = (await FileToolsRun.ListAsync(folder.Path)).ShouldSucceed().Json;
        Assert.Equal(["10", "9", "alpha", "below", "zebra", "Ä"], list.EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        Assert.Equal(
            ["10", "9", "alpha", "below", "zebra", "Ä"],
            list.EnumerateArray().Select(entry => Path.GetRelativePath(folder.Path, entry.GetProperty("path").GetString()!)));
    }

    [Fact]
    public async Task List_AnEmptyFolder_IsEmpty() => Assert.Equal(0, (await FileToolsRun.ListAsync(folder.Path)).ShouldSucceed().Json.GetArrayLength());

    [Fact]
    public async Task List_ALinkToAFolder_IsOfItsTargetUnderItsOwnPath()
    {
        folder.Write("target/file", "text");
        string link = Path.Combine(folder.Path, "link");
        File.CreateSymbolicLink(link, "target");
        foreach (string path in (string[])[link, link + "/", link + "//"])
        {
            JsonElement entry = (await FileToolsRun.ListAsync(path)).ShouldSucceed().Json.EnumerateArray().Single();
            Assert.Equal(link + "/file", entry.GetProperty("path").GetString());
        }
    }

    [Fact]
    public async Task Entries_OfEachKind_AreWhatStatSays()
    {
        string[] names = ["directory", "fifo", "file", "link", "dangling", "sticky"];
        folder.Write("file", "seven b");
        Directory.CreateDirectory(Path.Combine(folder.Path, "directory"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "sticky"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "directory");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "dangling"), "/no/such/target");
        await Tool.RunAsync("mkfifo", Path.Combine(folder.Path, "fifo"));
        await Tool.RunAsync("chmod", "1777", Path.Combine(folder.Path, "sticky"));

        Dictionary<string, JsonElement> listed = (await FileToolsRun.ListAsync(folder.Path)).ShouldSucceed().Json.EnumerateArray()
            .ToDictionary(entry => entry.GetProperty("name").GetString()!);
        Assert.Equal(names.Order(), listed.Keys.Order());
        foreach (string name in names)
        {
            string path = Path.Combine(folder.Path, name);
            JsonElement alone = (await FileToolsRun.StatAsync(path)).ShouldSucceed().Json;
            Assert.Equal(alone.GetRawText(), listed[name].GetRawText());
            await AssertAsStatAsync(path, alone);
        }

        Assert.Equal(("directory", "/no/such/target"), (Target(listed["link"]), Target(listed["dangling"])));
        Assert.DoesNotContain(listed["file"].EnumerateObject(), field => field.Name == "symlink_target");
    }

    [Theory]
    [InlineData("@0", "0.000000000")]
    [InlineData("@1234567890.000000001", "1234567890.000000001")]
    [InlineData("@-1.25", "-1.250000000")]
    [InlineData("@-100", "-100.000000000")]
    public async Task ModifiedTime_OfAnyTime_IsSecondsWithTheirFraction(string time, string expected)
    {
        string path = folder.Write("file", "");
        await Tool.RunAsync("touch", "-d", time, path);
        Assert.Equal(expected, (await FileToolsRun.StatAsync(path)).ShouldSucceed().Json.GetProperty("modified_time").GetRawText());
    }

    [Fact]
    public async Task Stat_ThePathItself_IsNamedByItsLastPart()
    {
        folder.Write("file", "");
        Assert.Equal("file", await NameAsync(folder.Path + "/file"));
        Assert.Equal("/", await NameAsync("/"));
        Assert.Equal("/", await NameAsync("//"));
        Assert.Equal(Path.GetFileName(folder.Path), await NameAsync(folder.Path + "/"));
    }

    [RootFact]
    public async Task Owners_WithoutAName_AreNumbers()
    {
        string path = folder.Write("file", "");
        await Tool.RunAsync("chown", "4294967294:54321", path);
        JsonElement entry = (await FileToolsRun.StatAsync(path)).ShouldSucceed().Json;
        Assert.Equal(("4294967294", "54321"), (entry.GetProperty("owner").GetString(), entry.GetProperty("group").GetString()));
    }

    [Fact]
    public async Task Names_OfAnyBytes_CanBeUsedAsTheyCame()
    {
        string[] names = [@"\377\376", @"a\303", @"\355\240\200", @"\360\237\230\200", @"new\012line", @"quote""\134", @"\001\177"];
        foreach (string name in names)
        {
            await Tool.RunAsync("sh", "-c", "printf text >\"$1/$(printf \"$2\")\"", "sh", folder.Path, name);
        }

        FileToolsRun list = (await FileToolsRun.ListAsync(folder.Path)).ShouldSucceed();
        Assert.Equal(names.Length, list.Json.GetArrayLength());
        foreach (JsonElement entry in list.Json.EnumerateArray())
        {
            // Raw: a lone surrogate, which stands for a byte, is no text in .NET.
            string path = entry.GetProperty("path").GetRawText();
            FileToolsRun read = await FileToolsRun.RunAsync($"{{\"ReadFile\":{{\"path\":{path}}}}}");
            Assert.Equal("text", read.ShouldSucceed().Text);
            (await FileToolsRun.RunAsync($"{{\"Remove\":{{\"path\":{path}}}}}")).ShouldSucceed();
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task List_TwentyThousandFiles_IsComplete()
    {
        for (int i = 0; i < 20_000; i++)
        {
            File.Create(Path.Combine(folder.Path, $"file-{i}")).Dispose();
        }

        Assert.Equal(20_000, (await FileToolsRun.ListAsync(folder.Path)).ShouldSucceed().Json.GetArrayLength());
    }

    [Fact]
    public async Task List_WhatIsNoFolder_SaysWhatItIs()
    {
        string file = folder.Write("file", "text");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "circle"), "circle");
        (await FileToolsRun.ListAsync(file)).ShouldFail("IsFile");
        (await FileToolsRun.ListAsync(file + "/below")).ShouldFail("NotDirectory");
        (await FileToolsRun.ListAsync(file + "-missing")).ShouldFail("NotFound");
        (await FileToolsRun.ListAsync(folder.Path + "/circle")).ShouldFail("Io");
        (await FileToolsRun.ListAsync("")).ShouldFail("NotFound");
    }

    [Fact]
    public async Task Stat_WhatIsNotThere_SaysSo()
    {
        string file = folder.Write("file", "text");
        (await FileToolsRun.StatAsync(file + "/below")).ShouldFail("NotDirectory");
        (await FileToolsRun.StatAsync(file + "-missing")).ShouldFail("NotFound");
        (await FileToolsRun.StatAsync("")).ShouldFail("NotFound");
    }

    [RootFact]
    public async Task List_WhatIsNotForTheUser_IsDenied()
    {
        folder.Write("readable/file", "");
        folder.Write("closed/file", "");
        await Tool.RunAsync("chmod", "755", folder.Path);
        await Tool.RunAsync("chmod", "744", folder.Path + "/readable");
        await Tool.RunAsync("chmod", "700", folder.Path + "/closed");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("ListFiles", folder.Path + "/readable"))).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("ListFiles", folder.Path + "/closed"))).ShouldFail("PermissionDenied");
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("Stat", folder.Path + "/closed/file"))).ShouldFail("PermissionDenied");
    }

    public void Dispose() => folder.Dispose();

    private static string? Target(JsonElement entry) => entry.GetProperty("symlink_target").GetString();

    private static async Task<string?> NameAsync(string path) => (await FileToolsRun.StatAsync(path)).ShouldSucceed().Json.GetProperty("name").GetString();

    private static async Task AssertAsStatAsync(string path, JsonElement entry)
    {
        string[] expected = (await Tool.RunAsync("stat", "-c", "%s\t%f\t%a\t%U\t%G\t%.9Y\t%F", path)).TrimEnd('\n').Split('\t');
        Assert.Equal(expected[0], entry.GetProperty("size").GetRawText());
        Assert.Equal(Convert.ToInt32(expected[1], 16), entry.GetProperty("mode").GetInt32());
        Assert.Equal(expected[2].PadLeft(4, '0'), entry.GetProperty("permissions").GetString());
        Assert.Equal(expected[3], entry.GetProperty("owner").GetString());
        Assert.Equal(expected[4], entry.GetProperty("group").GetString());
        Assert.Equal(expected[5], entry.GetProperty("modified_time").GetRawText());
        Assert.Equal(expected[6] switch { "directory" => "directory", "symbolic link" => "symlink", _ => "file" }, entry.GetProperty("type").GetString());
    }
}
