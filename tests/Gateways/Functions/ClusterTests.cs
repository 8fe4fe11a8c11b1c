using System.Net;
using System.Net.Sockets;
using Appliance.Protos.Modal;
using Appliance.Tests.Containers.Networks;
using Appliance.Tests.Guest;
using Grpc.Core;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Functions whose containers work on every input together, in real containers.</summary>
[Collection(FunctionRig.Collection)]
public sealed class ClusterTests(FunctionRig rig)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [RootFact]
    public async Task Members_MeetAndExchangeBytes_AndAStrangerCannot()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Clustered);
        FunctionMapResponse call = await rig.CallAsync(function, "work");
        using PeerContainer one = await rig.NextContainerAsync(function);
        using PeerContainer other = await rig.NextContainerAsync(function);
        (FunctionApp alone, string lonely) = await rig.RunAsync();
        await rig.CallAsync(lonely, "work");
        using PeerContainer stranger = await rig.NextContainerAsync(lonely);
        Assert.Equal(StatusCode.FailedPrecondition, (await FunctionRig.RefusalAsync(stranger.Client.TaskClusterHelloAsync(new TaskClusterHelloRequest(), stranger.Credentials))).StatusCode);

        (PeerContainer first, PeerContainer second, TaskClusterHelloResponse hello) = await MeetAsync(one, other);

        var target = new IPEndPoint(IPAddress.Parse(hello.ContainerIps[0]), 5000);
        await using (var server = new EchoServer(SpaceOf(first), target.Address, target.Port))
        {
            (await EchoServer.AskAsync(SpaceOf(second), target)).Dispose();
            Assert.Equal(hello.ContainerIps[1], server.LastClient!.ToString());
            Exception refusal = await Assert.ThrowsAnyAsync<Exception>(() => EchoServer.AskAsync(SpaceOf(stranger), target));
            Assert.True(refusal is SocketException or OperationCanceledException, refusal.ToString());
        }

        ClusterStats listed = Assert.Single((await rig.Client.ClusterListAsync(new ClusterListRequest(), rig.Credentials)).Clusters);
        Assert.Equal((hello.ClusterId, app.Id), (listed.ClusterId, listed.AppId));
        Assert.Equal([first.Task.Text, second.Task.Text], listed.TaskIds);
        Assert.True(listed.StartedAt > 0);
        ClusterStats found = (await rig.Client.ClusterGetAsync(new ClusterGetRequest { ClusterId = hello.ClusterId }, rig.Credentials)).Cluster;
        Assert.Equal(listed.ToString(), found.ToString());

        Task<FunctionGetInputsItem> asked = second.TakeAsync();
        FunctionGetInputsItem item = await first.TakeAsync();
        Assert.Equal(item.InputId, (await asked).InputId);
        Task put = second.PutAsync(item, "of rank 1");
        await Task.Delay(200);
        Assert.False(put.IsCompleted);
        await first.PutAsync(item, "of rank 0");
        await put;
        Assert.Equal("of rank 0", (await rig.ResultAsync(call.FunctionCallId)).Result.Data.ToStringUtf8());

        await app.StopAsync();
        await alone.StopAsync();
        var gone = new ClusterGetRequest { ClusterId = hello.ClusterId };
        await rig.Server.Parts.Work.Supervisor.EndAllAsync(CancellationToken.None).WaitAsync(Limit);
        Assert.Equal(StatusCode.NotFound, (await FunctionRig.RefusalAsync(rig.Client.ClusterGetAsync(gone, rig.Credentials))).StatusCode);
    }

    [RootFact]
    public async Task ARankThatFails_EndsTheInputWithItsError_AndTheGangIsBegunAnew()
    {
        (FunctionApp app, string function) = await rig.RunAsync(Clustered);
        FunctionMapResponse fails = await rig.CallAsync(function, "fails");
        using PeerContainer one = await rig.NextContainerAsync(function);
        using PeerContainer other = await rig.NextContainerAsync(function);
        (PeerContainer first, PeerContainer second, _) = await MeetAsync(one, other);
        Task<FunctionGetInputsItem> asked = second.TakeAsync();
        FunctionGetInputsItem item = await first.TakeAsync();
        await asked;

        await second.PutAsync(item, new GenericResult { Status = GenericStatus.Failure, Exception = "rank 1 says why" });

        Assert.Equal("rank 1 says why", (await rig.ResultAsync(fails.FunctionCallId)).Result.Exception);
        await rig.Server.Parts.Work.Supervisor.Find(first.Task)!.Ended.WaitAsync(Limit);
        FunctionMapResponse next = await rig.CallAsync(function, "next");
        using PeerContainer third = await rig.NextContainerAsync(function);
        using PeerContainer fourth = await rig.NextContainerAsync(function);
        await MeetAsync(third, fourth);
        await Task.WhenAll(third.ServeAsync(), fourth.ServeAsync());
        Assert.Equal("next!", (await rig.ResultAsync(next.FunctionCallId)).Result.Data.ToStringUtf8());
        await app.StopAsync();
    }

    [RootFact]
    public async Task ClustersThatCannotBe_AreRefusedWhenTheyAreDefined()
    {
        FunctionApp app = await rig.CreateAppAsync();
        async Task<Status> DefineAsync(Action<Function> change) => (await Assert.ThrowsAsync<RpcException>(() => app.DefineAsync("f", change))).Status;

        Status large = await DefineAsync(asked =>
        {
            asked.ExperimentalGroupSize = 64;
            asked.Resources = new Resources { MilliCpu = 1000 };
        });
        Assert.Equal(StatusCode.InvalidArgument, large.StatusCode);
        Assert.Contains("A cluster of 64 containers runs all of them at once and asks for 64 cores", large.Detail);
        Status web = await DefineAsync(asked =>
        {
            asked.ExperimentalGroupSize = 2;
            asked.WebhookConfig = new WebhookConfig { Type = WebhookType.AsgiApp };
        });
        Assert.Equal(StatusCode.Unimplemented, web.StatusCode);
        await app.StopAsync();
    }

    private static void Clustered(Function asked)
    {
        asked.ExperimentalGroupSize = 2;
        asked.AutoscalerSettings = new AutoscalerSettings { MaxContainers = 2 };
    }

    /// <summary>Both say hello, and are told by rank.</summary>
    private static async Task<(PeerContainer First, PeerContainer Second, TaskClusterHelloResponse Hello)> MeetAsync(PeerContainer one, PeerContainer other)
    {
        Task<TaskClusterHelloResponse> early = one.ClusterHelloAsync();
        await Task.Delay(200);
        Assert.False(early.IsCompleted);
        TaskClusterHelloResponse late = await other.ClusterHelloAsync();
        TaskClusterHelloResponse hello = await early.WaitAsync(Limit);
        Assert.Equal([0u, 1u], new[] { hello.ClusterRank, late.ClusterRank }.Order());
        Assert.Equal(hello.ContainerIps, late.ContainerIps);
        Assert.Equal(hello.ClusterId, late.ClusterId);
        return hello.ClusterRank == 0 ? (one, other, hello) : (other, one, hello);
    }

    private string SpaceOf(PeerContainer container) => $"/proc/{rig.Server.Parts.Work.Supervisor.Find(container.Task)!.Started.Result.Pid}/ns/net";
}
