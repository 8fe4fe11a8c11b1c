using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Apps;
using Appliance.Engine.Logs;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Transactions;
using Appliance.Tests.Engine.Logs;
using Appliance.Tests.Metadata;
using Appliance.Tests.Scheduling;

namespace Appliance.Tests.Engine.Apps;

/// <summary>What is removed because nobody asks for it any more, and when.</summary>
public sealed class AppUpkeepTests : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly ManualClock clock = new();
    private MetadataStore store = null!;
    private AppLogs logs = null!;

    public async Task InitializeAsync()
    {
        store = await MetadataStore.OpenAsync(directory.Path, clock);
        logs = new AppLogs(Path.Combine(directory.Path, "logs"), 1 << 20, clock, failure => throw failure);
    }

    public async Task DisposeAsync() => await store.DisposeAsync();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task Results_GoSevenDaysAfterTheLastOne_AndOpenCallsStay()
    {
        AppId app = await AddAppAsync();
        FunctionCallId ended = await AddCallAsync(app, inputs: 1, results: 1);
        FunctionCallId open = await AddCallAsync(app, inputs: 2, results: 1);
        clock.Advance(AppUpkeep.ResultLife);
        await TidyAsync();
        Assert.NotNull(Find(ended));

        clock.Advance(TimeSpan.FromSeconds(1));
        await TidyAsync();

        Assert.Null(Find(ended));
        Assert.NotNull(Find(open));
        Assert.NotNull(store.Read(read => AppRows.Find(read, app)));
    }

    [Fact]
    public async Task StoppedApps_GoAfterThirtyDays_WithLogsAndOpenCalls_HoweverMany()
    {
        const int Many = 120;
        AppId running = await AddAppAsync();
        logs.Of(running).Add(AppLogTests.Entry("stays\n", false, 6));
        List<AppId> stopped = [];
        for (int number = 0; number < Many; number++)
        {
            stopped.Add(await AddAppAsync());
            await store.WriteAsync(write => AppRows.SetStopped(write, stopped[^1]), default);
        }

        logs.Of(stopped[0]).Add(AppLogTests.Entry("goes\n", false, 5));
        FunctionCallId call = await AddCallAsync(stopped[0], inputs: 1, results: 0);
        clock.Advance(AppUpkeep.StoppedLife);
        await TidyAsync();
        Assert.All(stopped, app => Assert.NotNull(store.Read(read => AppRows.Find(read, app))));

        clock.Advance(TimeSpan.FromSeconds(1));
        await TidyAsync();

        Assert.All(stopped, app => Assert.Null(store.Read(read => AppRows.Find(read, app))));
        Assert.Null(Find(call));
        Assert.Empty(logs.Of(stopped[0]).Read(0));
        Assert.Single(logs.Of(running).Read(0));
        Assert.Equal([running.Text], Directory.GetFiles(Path.Combine(directory.Path, "logs")).Select(Path.GetFileName));
    }

    private Task TidyAsync() => new AppUpkeep(store, logs, clock).TidyAsync(CancellationToken.None);

    private CallRecord? Find(FunctionCallId id) => store.Read(read => CallRows.Find(read, id));

    private Task<AppId> AddAppAsync() => store.WriteAsync(
        write =>
        {
            AppId id = ObjectId.Mint<AppId>();
            AppRows.Add(write, new AppRecord(id, WorkspaceId.FromText("ac-1"), EnvironmentId.FromText("en-1"), "app", AppLife.Ephemeral, 0, [], write.Now, "test"));
            return id;
        },
        default);

    private Task<FunctionCallId> AddCallAsync(AppId app, int inputs, int results) => store.WriteAsync(
        write =>
        {
            FunctionCallId id = ObjectId.Mint<FunctionCallId>();
            CallRows.Add(write, new CallRecord(id, ObjectId.Mint<FunctionId>(), app, WorkspaceId.FromText("ac-1"), CallKind.Spawned, null, write.Now));
            CallRows.AddInputs(write, id, inputs);
            for (int number = 0; number < results; number++)
            {
                CallRows.AddResult(write, id);
            }

            return id;
        },
        default);
}
