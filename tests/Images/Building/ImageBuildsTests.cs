using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Building;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Building.Logs;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images.Building;

public sealed class ImageBuildsTests
{
    [RootFact]
    public async Task Request_EqualDefinitionsAtOnce_AreOneBuild()
    {
        var runner = new FakeRunStep { Gate = new TaskCompletionSource() };
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        var request = new BuildRequest(["FROM base:1", "RUN x"]);
        BuildOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => rig.RequestAsync(request)));
        string id = Assert.Single(outcomes.Select(outcome => outcome.Id).Distinct());
        runner.Gate.SetResult();
        Assert.Equal(ImageBuildState.Succeeded, (await rig.EndAsync(id)).State);
        Assert.Equal(id, (await rig.RequestAsync(request)).Id);
        Assert.Single(runner.Requests);
    }

    [RootFact]
    public async Task Request_AfterDeletion_IsANewImage()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        string id = (await rig.BuildAsync("FROM base:1", "ENV A=1")).Id;
        await rig.Rig.Images.RemoveAsync(ImageId.FromText(id), default);
        ApplianceException gone = await Assert.ThrowsAsync<ApplianceException>(() => rig.Builds.FindAsync(id, default));
        Assert.Equal(ErrorKind.NotFound, gone.Kind);
        Assert.NotEqual(id, (await rig.BuildAsync("FROM base:1", "ENV A=1")).Id);
    }

    [RootFact]
    public async Task Request_AfterFailure_BuildsAgain()
    {
        var runner = new FakeRunStep();
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        BuildOutcome failed = await rig.BuildAsync("FROM base:1", "RUN fail");
        Assert.Equal(ImageBuildState.Failed, failed.State);
        Assert.Contains("'RUN fail' ended with exit status 3", failed.Failure, StringComparison.Ordinal);
        Assert.Contains("said fail", failed.Failure, StringComparison.Ordinal);
        await rig.BuildAsync("FROM base:1", "RUN fail");
        Assert.Equal(2, runner.Requests.Count);
    }

    [RootFact]
    public async Task Request_ForcedOrIgnoringTheCache_IsANewImage()
    {
        await using BuildRig rig = await BuildRig.OpenAsync();
        var request = new BuildRequest(["FROM base:1", "ENV A=1"]);
        string first = (await rig.BuildAsync(request)).Id;
        string beside = (await rig.BuildAsync(request, BuildMode.Ignore)).Id;
        Assert.Equal(first, (await rig.BuildAsync(request)).Id);
        string second = (await rig.BuildAsync(request, BuildMode.Replace)).Id;
        Assert.Equal(3, new[] { first, beside, second }.Distinct().Count());
        Assert.Equal(second, (await rig.BuildAsync(request)).Id);
        Assert.NotNull(rig.Rig.Images.Find(ImageId.FromText(first)));
    }

    [RootFact]
    public async Task Find_AfterAStopInTheMiddle_BuildsAgainUnderTheSameId()
    {
        var runner = new FakeRunStep { Gate = new TaskCompletionSource() };
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        string id = (await rig.RequestAsync(new BuildRequest(["FROM base:1", "RUN x"]))).Id;
        await rig.RestartAsync();
        runner.Gate = null;
        BuildOutcome outcome = await rig.EndAsync(id);
        Assert.True(outcome.State == ImageBuildState.Succeeded, outcome.Failure);
        Assert.Equal(id, outcome.Image!.Id.Text);
    }

    [RootFact]
    public async Task Cancel_RunningBuild_EndsItAndARetryBuildsAgain()
    {
        var runner = new FakeRunStep { Gate = new TaskCompletionSource() };
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        var request = new BuildRequest(["FROM base:1", "RUN x"]);
        string id = (await rig.RequestAsync(request)).Id;
        await rig.Builds.CancelAsync(id);
        Assert.Equal(ImageBuildState.Cancelled, (await rig.EndAsync(id)).State);
        runner.Gate = null;
        Assert.Equal(ImageBuildState.Succeeded, (await rig.BuildAsync(request)).State);
    }

    [RootFact]
    public async Task ReadLog_FromACursor_GoesOnWhereItWas()
    {
        var runner = new FakeRunStep { Gate = new TaskCompletionSource() };
        await using BuildRig rig = await BuildRig.OpenAsync(runner);
        string id = (await rig.RequestAsync(new BuildRequest(["FROM base:1", "RUN x"]))).Id;
        List<BuildLogEntry> all = [];
        while (!all.Any(entry => Encoding.UTF8.GetString(entry.Data) == "running\n"))
        {
            all.AddRange(await rig.Builds.ReadLogAsync(id, all.LastOrDefault()?.Cursor ?? "", TimeSpan.FromSeconds(5), default));
        }

        Task<IReadOnlyList<BuildLogEntry>> waiting = rig.Builds.ReadLogAsync(id, all[^1].Cursor, TimeSpan.FromSeconds(30), default);
        Assert.False(waiting.IsCompleted);
        runner.Gate.SetResult();
        Assert.NotEmpty(await waiting);
        await rig.EndAsync(id);
        string text = await rig.ReadLogAsync(id);
        Assert.Equal("=> FROM base:1\n=> RUN x\nrunning\nsaid x\n", text);
        IReadOnlyList<BuildLogEntry> entries = await rig.Builds.ReadLogAsync(id, "", TimeSpan.Zero, default);
        Assert.Equal("said x\n", Encoding.UTF8.GetString(Assert.Single(await rig.Builds.ReadLogAsync(id, entries[^2].Cursor, TimeSpan.Zero, default)).Data));
        Assert.Empty(await rig.Builds.ReadLogAsync(id, entries[^1].Cursor, TimeSpan.Zero, default));
        Assert.Equal(entries.Count, (await rig.Builds.ReadLogAsync(id, "12-34", TimeSpan.Zero, default)).Count);
    }
}
