using Appliance.Gpus;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;

namespace Appliance.Tests.Engine.Resources;

/// <summary>What sandboxes have used, through the call that clients make.</summary>
public sealed class SandboxUsageTests : IAsyncLifetime
{
    private InProcessServer server = null!;

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine());
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task Usage_OfAnEndedSandbox_IsThatOfItsProcesses()
    {
        // Ends by itself once the kernel says that it has used a second of a core: CPU time, not time of day.
        const string Burn = "while :; do set -- $(cat /proc/self/stat /proc/$$/stat | tail -1); [ $((${14} + ${15} + ${16} + ${17})) -gt 100 ] && exit 0; done";
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), Burn);
        Assert.Equal(0, (await server.WaitAsync(sandbox, seconds: 55))!.Exitcode);

        SandboxGetResourceUsageResponse usage = await ReadAsync(sandbox);
        Assert.InRange(usage.CpuCoreNanosecs, 1_000_000_000UL, 60_000_000_000UL);
        Assert.Equal((0UL, ""), (usage.GpuNanosecs, usage.GpuType));
        await server.RestartAsync();
        Assert.Equal(usage.ToString(), (await ReadAsync(sandbox)).ToString());
    }

    [RootFact]
    public async Task Usage_OfARunningSandbox_Grows()
    {
        string sandbox = await server.CreateAsync(new Protos.Modal.Resources(), "head -c 50000000 /dev/zero | tail -c 50000000 > /dev/null; sleep 1000");
        Assert.True((await server.LookAsync(sandbox, seconds: 30)).HasStarted);
        SandboxGetResourceUsageResponse first = await ReadAsync(sandbox);
        SandboxGetResourceUsageResponse second = await ReadAsync(sandbox);
        Assert.True(second.MemGibNanosecs > first.MemGibNanosecs);
        Assert.True(second.CpuCoreNanosecs >= first.CpuCoreNanosecs && second.CpuCoreNanosecs > 0);
    }

    private async Task<SandboxGetResourceUsageResponse> ReadAsync(string sandbox) =>
        await server.Client.SandboxGetResourceUsageAsync(new SandboxGetResourceUsageRequest { SandboxId = sandbox }, server.Credentials);
}
