using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Tests.Gateways.Functions;

[Collection(FunctionRig.Collection)]
public sealed class FunctionLogTests(FunctionRig rig)
{
    [RootFact]
    public async Task Logs_FollowWhatContainersWrite_AndEndWithTheEndAlone()
    {
        FunctionApp app = await rig.CreateAppAsync();
        using AsyncServerStreamingCall<TaskLogsBatch> logs = rig.Client.AppGetLogs(new AppGetLogsRequest { AppId = app.Id, Timeout = 55 }, rig.Credentials);
        string function = await app.DefineAsync("f", each => each.AutoscalerSettings.MinContainers = 1);
        await app.PublishAsync();
        using PeerContainer container = await rig.NextContainerAsync(function);

        Assert.True(await logs.ResponseStream.MoveNext());
        TaskLogsBatch batch = logs.ResponseStream.Current;
        Assert.Equal((container.Task.Text, function), (batch.TaskId, batch.FunctionId));
        TaskLogs item = Assert.Single(batch.Items);
        Assert.Equal(($"up {container.Task}\n", FileDescriptor.Stdout), (item.Data, item.FileDescriptor));
        Assert.NotEmpty(batch.EntryId);
        AppFetchLogsResponse fetched = await rig.Client.AppFetchLogsAsync(new AppFetchLogsRequest { AppId = app.Id, SearchText = "UP" }, rig.Credentials);
        Assert.Equal(batch.ToByteString(), Assert.Single(fetched.Batches).ToByteString());
        Assert.Empty((await rig.Client.AppFetchLogsAsync(new AppFetchLogsRequest { AppId = app.Id, Source = FileDescriptor.Stderr }, rig.Credentials)).Batches);
        var counting = new AppCountLogsRequest { AppId = app.Id, BucketSecs = 86400 };
        Assert.Equal(1, (await rig.Client.AppCountLogsAsync(counting, rig.Credentials)).Buckets.Sum(each => (double)each.StdoutLogs));

        await app.StopAsync();

        Assert.True(await logs.ResponseStream.MoveNext());
        Assert.Equal(new TaskLogsBatch { AppDone = true }.ToByteString(), logs.ResponseStream.Current.ToByteString());
        Assert.False(await logs.ResponseStream.MoveNext());
        foreach (string cursor in new[] { batch.EntryId, "7-0", "999999999-0", "what" })
        {
            using AsyncServerStreamingCall<TaskLogsBatch> late = rig.Client.AppGetLogs(
                new AppGetLogsRequest { AppId = app.Id, Timeout = 55, LastEntryId = cursor }, rig.Credentials);
            List<TaskLogsBatch> told = [];
            await foreach (TaskLogsBatch each in late.ResponseStream.ReadAllAsync())
            {
                told.Add(each);
            }

            Assert.True(told[^1].AppDone);
            Assert.Equal(cursor == "what" ? 2 : 1, told.Count);
        }
    }

    [RootFact]
    public async Task Logs_SayWhatACallWaitsFor_OnceTheWaitIsLong()
    {
        FunctionApp app = await rig.CreateAppAsync();
        uint most = (uint)(rig.Server.Parts.Work.Resources.Desk.Machine.MemoryMiB * 2 / 3);
        string holder = await app.DefineAsync("holder", each =>
        {
            each.AutoscalerSettings.MinContainers = 1;
            each.Resources.MemoryMb = most;
        });
        string waiter = await app.DefineAsync("waiter", each => each.Resources.MemoryMb = most);
        await app.PublishAsync();
        using PeerContainer container = await rig.NextContainerAsync(holder);
        await rig.CallAsync(waiter, "work");
        using AsyncServerStreamingCall<TaskLogsBatch> logs = rig.Client.AppGetLogs(
            new AppGetLogsRequest { AppId = app.Id, FunctionId = waiter, Timeout = 55 }, rig.Credentials);

        Assert.True(await logs.ResponseStream.MoveNext());

        TaskLogs told = Assert.Single(logs.ResponseStream.Current.Items);
        Assert.StartsWith("'waiter' waits for a container. ", told.Data, StringComparison.Ordinal);
        Assert.Contains($"{most} MiB", told.Data, StringComparison.Ordinal);
        Assert.Equal(FileDescriptor.Stderr, told.FileDescriptor);
        await app.StopAsync();
    }
}
