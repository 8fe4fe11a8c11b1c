using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Guest;

public sealed class ReadFileTests : IDisposable
{
    private const long Gibibyte = 1L << 30;

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(70_000)]
    [InlineData(3_000_001)]
    public async Task Read_AFile_GivesItsBytes(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        string path = Path.Combine(folder.Path, "file");
        File.WriteAllBytes(path, content);
        Assert.Equal(content, (await FileToolsRun.ReadAsync(path)).ShouldSucceed().Output);
    }

    [Fact]
    public async Task Read_ALink_FollowsIt()
    {
        folder.Write("file", "text");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "file");
        Assert.Equal("text", (await FileToolsRun.ReadAsync(Path.Combine(folder.Path, "link"))).ShouldSucceed().Text);
    }

    [Fact]
    public async Task Read_WhatTheKernelMakesUp_GivesItsText() =>
        Assert.Contains("modal-sandbox", (await FileToolsRun.ReadAsync("/proc/self/status")).ShouldSucceed().Text, StringComparison.Ordinal);

    [Fact]
    public async Task Read_IntoAFile_WritesIt()
    {
        string path = folder.Write("file", new string('x', 100_000));
        string[] shell = ["sh", "-c", "\"$0\" \"$1\" >\"$2\"", GuestPrograms.FileTools, FileToolsRun.Command("ReadFile", path), path + ".copy"];
        (await FileToolsRun.StartAsync(shell, [])).ShouldSucceed();
        Assert.Equal(File.ReadAllText(path), File.ReadAllText(path + ".copy"));
    }

    [Fact]
    public async Task Read_APipe_GivesWhatComes()
    {
        string pipe = Path.Combine(folder.Path, "pipe");
        await Tool.RunAsync("mkfifo", pipe);
        Task<FileToolsRun> read = FileToolsRun.ReadAsync(pipe);
        await File.WriteAllTextAsync(pipe, "through a pipe");
        Assert.Equal("through a pipe", (await read).ShouldSucceed().Text);
    }

    [Theory]
    [InlineData(6 * Gibibyte)]
    [InlineData((5 * Gibibyte) + 1)]
    public async Task Read_MoreThanTheLimit_SaysSoBeforeTheFirstByte(long length)
    {
        string path = Path.Combine(folder.Path, "sparse");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(length);
        }

        (await FileToolsRun.ReadAsync(path)).ShouldFail("FileTooLarge");
    }

    [Fact]
    public async Task Read_WhatIsNoFile_SaysWhatItIs()
    {
        string file = folder.Write("file", "text");
        (await FileToolsRun.ReadAsync(folder.Path)).ShouldFail("IsDirectory");
        (await FileToolsRun.ReadAsync(file + "/below")).ShouldFail("NotDirectory");
        (await FileToolsRun.ReadAsync(file + "-missing")).ShouldFail("NotFound");
        (await FileToolsRun.ReadAsync("")).ShouldFail("NotFound");
        (await FileToolsRun.ReadAsync("/" + new string('x', 300))).ShouldFail("Io");
    }

    [RootFact]
    public async Task Read_WhatIsNotForTheUser_IsDenied()
    {
        string file = folder.Write("file", "text");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        await Tool.RunAsync("chmod", "755", folder.Path);
        (await FileToolsRun.RunAsNobodyAsync(FileToolsRun.Command("ReadFile", file))).ShouldFail("PermissionDenied");
        (await FileToolsRun.ReadAsync(file)).ShouldSucceed();
    }

    public void Dispose() => folder.Dispose();
}
