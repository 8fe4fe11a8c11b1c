using System.Text.Json;
using Appliance.Tests.Volumes.Transfers;

namespace Appliance.Tests.EndToEnd;

/// <summary>What takes space and how it comes back, with the published executable.</summary>
public sealed class SystemVerbTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Df_OfAVolume_TellsItsSizeAndWhatIsFree(bool isServed)
    {
        using var data = new DataFolder();
        using var scratch = new DataFolder();
        SampleTree.Write(scratch.Path, "a", 1_000_000, 1);
        SampleTree.Write(scratch.Path, "b", 1_000_000, 1);
        PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        await using IAsyncDisposable end = server;
        await AnswerAsync(data, "volume", "import", "models", scratch.Path, "--create");
        if (!isServed)
        {
            await server.StopAsync();
        }

        JsonElement report = await AnswerAsync(data, "system", "df");
        ProgramRun text = await ProgramRun.ApplianceAsync("system", "df", "--verbose", "--data", data.Path);

        Assert.Equal(2_000_000, report.GetProperty("logical_bytes").GetInt64());
        Assert.Equal(1_000_000, report.GetProperty("stored_bytes").GetInt64());
        Assert.Contains("models", text.Output);
        Assert.Contains("2.0 MB in files of volumes and mounts are stored in 1.0 MB", text.Output);
    }

    [Fact]
    public async Task Prune_AsksOrIsToldYes()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        ProgramRun unasked = await ProgramRun.ApplianceAsync("system", "prune", "--data", data.Path);
        JsonElement preview = await AnswerAsync(data, "system", "prune", "--dry-run");
        JsonElement done = await AnswerAsync(data, "system", "prune", "--yes", "--all-unfinished");

        Assert.Equal(2, unasked.ExitStatus);
        Assert.Contains("--yes", unasked.Errors);
        Assert.True(preview.GetProperty("dry_run").GetBoolean());
        Assert.Equal(900, done.GetProperty("grace_seconds").GetDouble());
    }

    [Fact]
    public async Task Prune_WithoutAServer_NeedsNoGrace()
    {
        using var data = new DataFolder();
        await using (PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path))
        {
            await server.StopAsync();
        }

        string block = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
        File.WriteAllBytes(Path.Combine(data.Path, "blocks", block[..2], block[2..]), [1, 2, 3]);

        JsonElement done = await AnswerAsync(data, "system", "prune", "--yes");

        Assert.Equal(3, done.GetProperty("bytes").GetInt64());
        Assert.False(File.Exists(Path.Combine(data.Path, "blocks", block[..2], block[2..])));
    }

    private static async Task<JsonElement> AnswerAsync(DataFolder data, params string[] arguments)
    {
        ProgramRun run = await ProgramRun.ApplianceAsync([.. arguments, "--json", "--data", data.Path]);
        run.ShouldSucceed();
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
