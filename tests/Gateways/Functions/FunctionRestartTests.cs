using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>A server that goes and comes back on the same data, while containers go on.</summary>
public sealed class FunctionRestartTests : IAsyncLifetime
{
    private readonly FunctionRig rig = new();

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    [RootFact]
    public async Task WhatRunsAndWhatWaits_EachGetsOneResult()
    {
        (FunctionApp app, string function) = await rig.RunAsync();
        FunctionMapResponse runs = await rig.CallAsync(function, "runs");
        FunctionMapResponse waits = await rig.CallAsync(function, "waits");
        FunctionMapResponse isDone = await rig.CallAsync(function, "done");
        using PeerContainer container = await rig.NextContainerAsync(function);
        FunctionGetInputsItem item = await container.TakeAsync();

        await rig.Server.RestartAsync();

        var asked = new FunctionGetCurrentStatsRequest { FunctionId = function };
        FunctionStats stats = await rig.Client.FunctionGetCurrentStatsAsync(asked, rig.Credentials);
        Assert.Equal((2u, 1u, 1u), (stats.Backlog, stats.NumRunningInputs, stats.NumTotalTasks));
        await container.PutAsync(item, "survived");
        Assert.Equal("waits", (await container.ServeAsync()).Input.Args.ToStringUtf8());
        Assert.Equal("done", (await container.ServeAsync()).Input.Args.ToStringUtf8());
        await container.PutAsync(item, "twice");
        Assert.Equal("survived", await ResultAsync(runs));
        Assert.Equal("waits!", await ResultAsync(waits));

        await rig.Server.RestartAsync();

        Assert.Equal("survived", await ResultAsync(runs));
        Assert.Equal("done!", await ResultAsync(isDone));
        stats = await rig.Client.FunctionGetCurrentStatsAsync(asked, rig.Credentials);
        Assert.Equal((0u, 0u), (stats.Backlog, stats.NumRunningInputs));
        await app.StopAsync();
    }

    [RootFact]
    public async Task AClustersWork_GoesOn_AndHasOneResult()
    {
        (FunctionApp app, string function) = await rig.RunAsync(asked =>
        {
            asked.ExperimentalGroupSize = 2;
            asked.AutoscalerSettings = new AutoscalerSettings { MaxContainers = 2 };
        });
        FunctionMapResponse call = await rig.CallAsync(function, "work");
        using PeerContainer one = await rig.NextContainerAsync(function);
        using PeerContainer other = await rig.NextContainerAsync(function);
        Task<TaskClusterHelloResponse> hello = one.ClusterHelloAsync();
        await other.ClusterHelloAsync();
        (PeerContainer first, PeerContainer second) = (await hello).ClusterRank == 0 ? (one, other) : (other, one);
        Task<FunctionGetInputsItem> asked = second.TakeAsync();
        FunctionGetInputsItem item = await first.TakeAsync();
        await asked;
        Task said = second.PutAsync(item, "of rank 1");

        await rig.Server.RestartAsync();

        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => said)).StatusCode);
        Assert.Equal(0u, (await first.ClusterHelloAsync()).ClusterRank);
        Task again = second.PutAsync(item, "of rank 1");
        await first.PutAsync(item, "of rank 0");
        await again;
        await second.PutAsync(item, "of rank 1, late");
        Assert.Equal("of rank 0", await ResultAsync(call));
        FunctionMapResponse next = await rig.CallAsync(function, "next");
        await Task.WhenAll(first.ServeAsync(), second.ServeAsync());
        Assert.Equal("next!", await ResultAsync(next));
        await app.StopAsync();
    }

    private async Task<string> ResultAsync(FunctionMapResponse call) =>
        (await rig.ResultAsync(call.FunctionCallId, clears: false)).Result.Data.ToStringUtf8();
}
