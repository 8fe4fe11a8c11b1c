using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Functions;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Appliance.Tests.Containers;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Functions with memory snapshots, in real containers under gVisor for which the test speaks.</summary>
public sealed class FunctionSnapshotTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly FunctionRig rig = new();

    private FunctionSnapshots Snapshots => rig.Server.Parts.Work.Functions.Snapshots;

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [GvisorFact]
    public async Task TheFirstContainer_IsKept_AndTheNextGoesOnFromIt_AlsoAfterARestart()
    {
        (FunctionApp app, string function) = await RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "one");
        string key = await KeepAsync(function);

        using PeerContainer second = await rig.NextContainerAsync(function);
        Assert.Equal(FunctionStartKind.Restoring, StartOf(second).Kind);
        Assert.StartsWith(key, StartOf(second).Snapshot);
        Assert.Contains($"\"task_id\":\"{second.Task}\"", StateOf(second));
        await second.ServeAsync();
        Assert.Equal("one!", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());

        await rig.Server.RestartAsync();
        await EndAsync(second);
        call = await rig.CallAsync(function, "two");
        using PeerContainer third = await rig.NextContainerAsync(function);
        Assert.Equal(StartOf(second), StartOf(third));
        await third.ServeAsync();
        Assert.Equal("two!", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());

        LiveSandbox live = rig.Server.Parts.Work.Supervisor.Find(third.Task)!;
        await app.StopAsync();
        await live.Removed.WaitAsync(Limit);
        Assert.Equal(1, Snapshots.Files.Preview().Count);
        Snapshots.Files.Collect();
        Assert.Null(Snapshots.Files.Find(key));
    }

    [GvisorFact]
    public async Task ASnapshotThatCannotBeRestored_IsDropped_AndTheCallSucceedsWithoutIt()
    {
        (FunctionApp app, string function) = await RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "one");
        string key = await KeepAsync(function);
        using PeerContainer second = await rig.NextContainerAsync(function);
        await second.ServeAsync();
        await rig.ResultAsync(call.FunctionCallId);
        await EndAsync(second);
        string image = Path.Combine(Snapshots.Files.DirectoryOf(StartOf(second).Snapshot), "checkpoint.img");
        await File.WriteAllTextAsync(image, "no memory");

        call = await rig.CallAsync(function, "two");
        using PeerContainer third = await NextPlainAsync(function);
        await third.ServeAsync();

        Assert.Equal((GenericStatus.Success, "two!"), Told(await rig.ResultAsync(call.FunctionCallId)));
        Assert.Null(Snapshots.Files.Find(key));
        Assert.True(Snapshots.Maker.IsPaused(key));
        Assert.Contains(LogOf(app), line => line.Contains("could not go on from its memory snapshot", StringComparison.Ordinal));
        await app.StopAsync();
    }

    [GvisorFact]
    public async Task AProgramThatDoesNotCloseItsConnection_GoesOnAsItIs()
    {
        (FunctionApp app, string function) = await RunAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "one");
        using PeerContainer first = await rig.NextContainerAsync(function);
        string key = StartOf(first).Snapshot;

        await first.Client.ContainerCheckpointAsync(new ContainerCheckpointRequest { CheckpointId = key }, first.Credentials);
        await first.ServeAsync();

        Assert.Equal((GenericStatus.Success, "one!"), Told(await rig.ResultAsync(call.FunctionCallId)));
        while (!File.Exists(StatePathOf(first)))
        {
            await Task.Delay(50);
        }

        Assert.Null(Snapshots.Files.Find(key));
        await app.StopAsync();
    }

    [GvisorFact]
    public async Task WhoWasNotStartedForIt_IsRefused_AndVolumesMeanAPlainStart()
    {
        FunctionApp app = await rig.CreateAppAsync();
        string volume = (await rig.Client.VolumeGetOrCreateAsync(
            new VolumeGetOrCreateRequest { DeploymentName = "v", ObjectCreationType = ObjectCreationType.CreateIfMissing }, rig.Credentials)).VolumeId;
        string function = await app.DefineAsync("f", definition =>
        {
            definition.CheckpointingEnabled = true;
            definition.VolumeMounts.Add(new VolumeMount { VolumeId = volume, MountPath = "/v" });
        });
        await app.PublishAsync();
        FunctionMapResponse call = await rig.CallAsync(function, "one");
        using PeerContainer container = await rig.NextContainerAsync(function);

        Status refused = await FunctionRig.RefusalAsync(container.Client.ContainerCheckpointAsync(new ContainerCheckpointRequest { CheckpointId = "x" }, container.Credentials));
        await container.ServeAsync();

        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Equal((GenericStatus.Success, "one!"), Told(await rig.ResultAsync(call.FunctionCallId)));
        Assert.Single(LogOf(app), line => line.Contains("they mount volumes", StringComparison.Ordinal));
        await app.StopAsync();
    }

    private async Task<(FunctionApp App, string Function)> RunAsync() => await rig.RunAsync(definition => definition.CheckpointingEnabled = true);

    /// <summary>Lets the first container be kept; its end is the end of its part.</summary>
    /// <returns>The snapshot's key.</returns>
    private async Task<string> KeepAsync(string function)
    {
        using PeerContainer first = await rig.NextContainerAsync(function);
        LiveSandbox live = rig.Server.Parts.Work.Supervisor.Find(first.Task)!;
        FunctionStart start = StartOf(first);
        Assert.Equal(FunctionStartKind.Making, start.Kind);
        await first.Client.ContainerCheckpointAsync(new ContainerCheckpointRequest { CheckpointId = start.Snapshot }, first.Credentials);
        first.Dispose();
        await live.Removed.WaitAsync(Limit);
        Assert.NotNull(Snapshots.Files.Find(start.Snapshot));
        return start.Snapshot;
    }

    private async Task EndAsync(PeerContainer container)
    {
        LiveSandbox live = rig.Server.Parts.Work.Supervisor.Find(container.Task)!;
        await rig.Server.Parts.Work.Supervisor.EndAsync(live.Id, SandboxEnding.Terminated);
        await live.Removed.WaitAsync(Limit);
    }

    /// <summary>The next container that begins plainly; one before it may begin otherwise, and end.</summary>
    private async Task<PeerContainer> NextPlainAsync(string function)
    {
        while (true)
        {
            PeerContainer next = await rig.NextContainerAsync(function);
            if (StartOf(next).Kind == FunctionStartKind.Plain)
            {
                return next;
            }

            next.Dispose();
        }
    }

    private FunctionStart StartOf(PeerContainer container) => FunctionStart.Load(rig.Server.Parts.Work.Containers.DirectoryOf(container.Task.Text));

    private string StatePathOf(PeerContainer container) =>
        Path.Combine(rig.Server.Parts.Work.Containers.DirectoryOf(container.Task.Text).Root, "function", "restore-state.json");

    private string StateOf(PeerContainer container) => File.ReadAllText(StatePathOf(container));

    private IEnumerable<string> LogOf(FunctionApp app) => rig.Server.Parts.Work.Functions.Logs.Of(Core.Ids.AppId.FromText(app.Id)).Read(0)
        .Select(each => System.Text.Encoding.UTF8.GetString(each.Entry.Text.Span));

    private static (GenericStatus Status, string Data) Told(FunctionGetOutputsItem output) => (output.Result.Status, output.Result.Data.ToStringUtf8());
}
