using Appliance.Engine.Removal;
using Appliance.Gpus;
using Appliance.Hosting.Settings;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Grpc.Core;

namespace Appliance.Tests.Engine.Removal;

/// <summary>What sandboxes leave: how much of it is kept, and for how long.</summary>
public sealed class EndedSandboxTests : IAsyncLifetime
{
    private InProcessServer server = null!;

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine(), (SettingKeys.LogLimit, "1"));
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task AHundredMegabytes_ThatNobodyReads_AreWrittenAndTheNewestKept()
    {
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "yes 0123456789abcde | head -c 100000000; echo; echo last");
        Assert.Equal(0, (await server.WaitAsync(sandbox, seconds: 55))!.Exitcode);

        // The last look at the output comes after the end.
        while (server.Parts.Stores.Sandboxes.Measure(default).Bytes > 3 << 20)
        {
            await Task.Delay(20);
        }

        string output = await server.ReadOutputAsync(sandbox);
        Assert.Matches("^\\[[0-9]+ bytes of output before this are not kept any more: there was more than the server's log-limit\\]\n", output);
        Assert.EndsWith("\nlast\n", output);
        Assert.InRange(output.Length, 500_000, 3 << 20);
    }

    [RootFact]
    public async Task EndedSandboxes_GoWithWhatTheyWrote_AndRunningOnesStay()
    {
        string running = await server.CreateAsync(new Protos.Modal.Resources(), "sleep 1000");
        Assert.True((await server.LookAsync(running, seconds: 30)).HasStarted);
        string[] ended = new string[3];
        for (int index = 0; index < ended.Length; index++)
        {
            ended[index] = await server.CreateAsync(new Protos.Modal.Resources(), "head -c 500000 /dev/urandom");
            Assert.Equal(0, (await server.WaitAsync(ended[index]))!.Exitcode);
        }

        // The output's last byte comes after the end.
        await server.ReadOutputAsync(ended[2]);
        EndedSandboxes kept = WithRules(TimeSpan.FromDays(7), long.MaxValue);
        Assert.Equal((0L, 0L), await kept.RemoveAsync(TimeSpan.Zero, all: false, default));

        EndedSandboxes small = WithRules(TimeSpan.FromDays(7), bytesMax: 1_200_000);
        (long count, long bytes) = await small.RemoveAsync(TimeSpan.Zero, all: false, default);
        Assert.Equal(1, count);
        Assert.InRange(bytes, 500_000, 600_000);
        await ShouldBeGoneAsync(ended[0]);
        Assert.Equal(0, (await server.WaitAsync(ended[1], seconds: 0))!.Exitcode);

        Assert.Equal(0, (await kept.RemoveAsync(TimeSpan.FromHours(1), all: true, default)).Count);
        Assert.Equal(2, kept.Preview(TimeSpan.Zero, all: true, default).Count);
        Assert.Equal(2, (await kept.RemoveAsync(TimeSpan.Zero, all: true, default)).Count);
        await ShouldBeGoneAsync(ended[2]);
        Assert.Null(await server.WaitAsync(running, seconds: 0));
        Assert.Single(Directory.GetDirectories(Path.Combine(server.DataDirectory, "tasks")));
    }

    private EndedSandboxes WithRules(TimeSpan age, long bytesMax) => new(
        server.Parts.Store, Path.Combine(server.DataDirectory, "tasks"), new RetentionRules(age, bytesMax), TimeProvider.System);

    private async Task ShouldBeGoneAsync(string sandbox)
    {
        RpcException missing = await Assert.ThrowsAsync<RpcException>(() => server.WaitAsync(sandbox, seconds: 0));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }
}
