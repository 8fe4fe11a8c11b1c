using System.Text.Json;
using Appliance.Tests.Metadata;
using Appliance.Tests.Volumes.Transfers;

namespace Appliance.Tests.EndToEnd;

/// <summary>Large data in and out with the published executable, with a server and without.</summary>
public sealed class VolumeVerbTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Directory_ThereAndBack_IsTheSameInEveryForm(bool isServed)
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        string At(string name) => Path.Combine(scratch.Path, name);
        string source = SampleTree.Make(At("source"));
        PublishedAppliance? server = await ServeAsync(data, isServed);
        await using IAsyncDisposable end = server ?? (IAsyncDisposable)new Nothing();

        JsonElement report = JsonDocument.Parse(await RunAsync(data, "volume", "import", "models", source, "--create", "--json")).RootElement;
        Assert.Contains("7 files", await RunAsync(data, "volume", "export", "models", At("copy")));
        Assert.Contains("7 files", await RunAsync(data, "volume", "export", "models", At("copy.tar.zst")));
        await RunAsync(data, "volume", "export", "models", At("copy.tar.gz"));
        Directory.CreateDirectory(At("zst"));
        Directory.CreateDirectory(At("gz"));
        TestDirectory.Run("tar", "-C", At("zst"), "--zstd", "-xpf", At("copy.tar.zst"));
        TestDirectory.Run("tar", "-C", At("gz"), "-xpzf", At("copy.tar.gz"));

        Assert.Equal(7, report.GetProperty("files").GetInt64());
        string[] expected = SampleTree.Describe(source);
        Assert.Equal(expected, SampleTree.Describe(At("copy")));
        Assert.Equal(expected, SampleTree.Describe(At("zst")));
        Assert.Equal(expected, SampleTree.Describe(At("gz")));
        Assert.Equal(5, Directory.EnumerateFileSystemEntries(scratch.Path).Count() - 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Archive_ThroughPipes_NeedsNoFile(bool isServed)
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        string source = SampleTree.Make(Path.Combine(scratch.Path, "source"));
        Directory.CreateDirectory(Path.Combine(scratch.Path, "copy"));
        PublishedAppliance? server = await ServeAsync(data, isServed);
        await using IAsyncDisposable end = server ?? (IAsyncDisposable)new Nothing();
        string appliance = $"{PublishedAppliance.ExecutablePath} --data {data.Path}";

        (await ShellAsync($"tar -C {source} -c --format=pax . | {appliance} volume import v - --create && {appliance} volume export v - | tar -C {scratch.Path}/copy -xp")).ShouldSucceed();

        Assert.Equal(SampleTree.Describe(source), SampleTree.Describe(Path.Combine(scratch.Path, "copy")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failures_AreToldWithTheirStatusAndLeaveNothing(bool isServed)
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        string At(string name) => Path.Combine(scratch.Path, name);
        SampleTree.Write(scratch.Path, "source/file", 100, 1);
        SampleTree.Write(scratch.Path, "other/file", 101, 2);
        PublishedAppliance? server = await ServeAsync(data, isServed);
        await using IAsyncDisposable end = server ?? (IAsyncDisposable)new Nothing();
        await RunAsync(data, "volume", "import", "v", At("source"), "--create");

        await ShouldFailAsync(3, "--create", data, "volume", "import", "none", At("source"));
        await ShouldFailAsync(3, "does not exist", data, "volume", "import", "v", At("nowhere"));
        await ShouldFailAsync(3, "--force", data, "volume", "import", "v", At("other"));
        await ShouldFailAsync(2, "'..'", data, "volume", "import", "v", At("other"), "--to", "/../x");
        await ShouldFailAsync(3, "not found", data, "volume", "export", "none", At("out.tar"));
        await ShouldFailAsync(3, "No such file", data, "volume", "export", "v", At("out"), "--from", "/none");
        await ShouldFailAsync(3, "exists already", data, "volume", "export", "v", At("source"));
        TestDirectory.Run("tar", "-C", At("source"), "-P", "--transform", "s,^,../,", "-cf", At("evil.tar"), "file");
        await ShouldFailAsync(2, "'..'", data, "volume", "import", "v", At("evil.tar"));

        Assert.Equal(["evil.tar", "other", "source"], Directory.EnumerateFileSystemEntries(scratch.Path).Select(path => Path.GetFileName(path)!).Order());
    }

    [Fact]
    public async Task Archive_OfRubbishWithoutEnd_IsRefusedBeforeItEnds()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun run = await ShellAsync($"yes rubbish | {PublishedAppliance.ExecutablePath} --data {data.Path} volume import v - --create");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("The archive cannot be read", run.Errors);
    }

    [Fact]
    public async Task Server_KilledInTheMiddle_ShowsNothingAndTakesTheRestLater()
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        string source = Path.Combine(scratch.Path, "source");
        for (int index = 0; index < 4000; index++)
        {
            SampleTree.Write(source, $"d{index % 20}/{index}", 3000, index);
        }

        var random = new Random(20261121);
        for (int round = 0; round < 3; round++)
        {
            await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
            Task<ProgramRun> import = ProgramRun.ApplianceAsync("volume", "import", "v", source, "--create", "--data", data.Path);
            await Task.Delay(random.Next(100, 900));
            await server.KillAsync();
            if ((await import).ExitStatus != 0)
            {
                Assert.Empty(await ListAsync(data, scratch, $"after{round}"));
            }
        }

        await using PublishedAppliance last = await PublishedAppliance.StartAsync(data.Path);
        await RunAsync(data, "volume", "import", "v", source, "--create");
        Assert.Equal(4020, (await ListAsync(data, scratch, "end")).Length);
    }

    [MountFact]
    public async Task Import_OfAUserWithOtherMounts_SendsWhatThatUserSees()
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        string place = Directory.CreateDirectory(Path.Combine(scratch.Path, "place")).FullName;

        ProgramRun run = await ProgramRun.WithOwnMountsAsync(
            $"mount -t tmpfs none {place} && echo mine > {place}/file && ln -s file {place}/link && {PublishedAppliance.ExecutablePath} --data {data.Path} volume import v {place} --create");

        run.ShouldSucceed();
        await RunAsync(data, "volume", "export", "v", Path.Combine(scratch.Path, "copy"));
        Assert.Equal("mine\n", File.ReadAllText(Path.Combine(scratch.Path, "copy/link")));
    }

    private static async Task<string[]> ListAsync(DataFolder data, DataFolder scratch, string name)
    {
        string target = Path.Combine(scratch.Path, name);
        ProgramRun run = await ProgramRun.ApplianceAsync("volume", "export", "v", target, "--data", data.Path);
        if (run.ExitStatus == 3)
        {
            return [];
        }

        run.ShouldSucceed();
        return SampleTree.Describe(target);
    }

    /// <summary>A data directory exists only once a server has run.</summary>
    private static async Task<PublishedAppliance?> ServeAsync(DataFolder data, bool isServed)
    {
        PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        if (isServed)
        {
            return server;
        }

        await server.StopAsync();
        await server.DisposeAsync();
        return null;
    }

    private static async Task<string> RunAsync(DataFolder data, params string[] arguments)
    {
        ProgramRun run = await ProgramRun.ApplianceAsync([.. arguments, "--data", data.Path]);
        run.ShouldSucceed();
        return run.Output;
    }

    private static async Task ShouldFailAsync(int status, string words, DataFolder data, params string[] arguments)
    {
        ProgramRun run = await ProgramRun.ApplianceAsync([.. arguments, "--data", data.Path]);
        Assert.True(run.ExitStatus == status && run.Errors.Contains(words, StringComparison.Ordinal), $"{string.Join(' ', arguments)}: {run.ExitStatus} {run.Errors}");
        Assert.DoesNotContain("Fault in", run.Errors);
    }

    private static Task<ProgramRun> ShellAsync(string script) =>
        ProgramRun.StartAsync("bash", ["-c", $"set -o pipefail; {script}"], new Dictionary<string, string>());

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
