using Appliance.Gpus;
using Appliance.Hosting.Settings;
using Appliance.Protos.Modal;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Grpc.Core;

namespace Appliance.Tests.Engine.Resources;

/// <summary>Sandboxes that want CPU and memory, through the calls that clients make.</summary>
public sealed class AdmissionSandboxTests : IAsyncLifetime
{
    private const string Forever = "sleep 1000";

    private InProcessServer server = null!;

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(new GpuMachine(), (SettingKeys.ContainerMemory, "1000"));
        }
    }

    public Task DisposeAsync() => (server?.DisposeAsync() ?? ValueTask.CompletedTask).AsTask();

    [RootFact]
    public async Task ASandboxThatDoesNotFit_SaysWhyAndStartsWhenTheOtherEnds()
    {
        string first = await CreateAsync(memory: 800);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string second = await CreateAsync(memory: 300, "echo ran");

        (bool hasStarted, string? warning) = await server.LookAsync(second, seconds: 1);
        Assert.False(hasStarted);
        Assert.Contains($"Sandbox '{second}' has not started yet. It waits for 0.125 cores and 300 MiB of memory", warning);
        Assert.EndsWith("800 MiB of 1000 are promised. It is next.", warning);

        await server.TerminateAsync(first);
        Assert.Equal(0, (await server.WaitAsync(second))!.Exitcode);
        Assert.Equal("ran\n", await server.ReadOutputAsync(second));
        Assert.Null((await server.LookAsync(second)).Warning);
    }

    [RootFact]
    public async Task Promises_AcrossARestart_StayWithWhoRunsAndPlacesWithWhoWaits()
    {
        string first = await CreateAsync(memory: 600);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string large = await CreateAsync(memory: 900, "echo ran");
        Assert.NotNull((await server.LookAsync(large, seconds: 1)).Warning);

        await server.RestartAsync();

        string small = await CreateAsync(memory: 200, "echo ran");
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        Assert.EndsWith("600 MiB of 1000 are promised. It is next.", (await server.LookAsync(large, seconds: 1)).Warning);
        Assert.EndsWith("Others are before it; 2 wait.", (await server.LookAsync(small, seconds: 1)).Warning);
        await server.TerminateAsync(first);
        Assert.Equal(0, (await server.WaitAsync(large))!.Exitcode);
        Assert.Equal(0, (await server.WaitAsync(small))!.Exitcode);
    }

    [RootFact]
    public async Task ASandboxThatWaits_CanBeEndedAndLetsOthersThrough()
    {
        string first = await CreateAsync(memory: 600);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string large = await CreateAsync(memory: 900);
        Assert.NotNull((await server.LookAsync(large, seconds: 1)).Warning);
        string small = await CreateAsync(memory: 200, "echo ran");

        await server.TerminateAsync(large);

        Assert.Equal(GenericResult.Types.GenericStatus.Terminated, (await server.WaitAsync(large))!.Status);
        Assert.Equal(0, (await server.WaitAsync(small))!.Exitcode);
    }

    [RootFact]
    public async Task WhatTheMachineLacks_IsRefusedAtOnce()
    {
        await ShouldRefuseAsync(new Protos.Modal.Resources { MilliCpu = 512_000 }, "cpu= asks for 512 cores; this machine has");
        await ShouldRefuseAsync(new Protos.Modal.Resources { MemoryMb = uint.MaxValue }, "this machine has 1000 MiB for containers");
        await ShouldRefuseAsync(new Protos.Modal.Resources { MemoryMb = 500, MemoryMbMax = 400 }, "memory= asks for 500 MiB and limits itself to 400");
        await ShouldRefuseAsync(new Protos.Modal.Resources { MilliCpu = 500, MilliCpuMax = 400 }, "cpu= asks for 500");
        Assert.Empty((await server.Client.SandboxListAsync(new SandboxListRequest { IncludeFinished = true }, server.Credentials)).Sandboxes);
    }

    [RootFact]
    public async Task AnOutboundPolicy_IsRefusedAndNotLeftOut()
    {
        var definition = new Sandbox { ImageId = server.ImageId, OutboundPolicy = new OutboundPolicy { Routes = { new OutboundPolicy.Types.Route() } } };
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.SandboxCreateAsync(
            new SandboxCreateRequest { AppId = server.AppId, Definition = definition }, server.Credentials));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("An outbound policy", refusal.Status.Detail);
    }

    private Task<string> CreateAsync(uint memory, string script = Forever) =>
        server.CreateAsync(new Protos.Modal.Resources { MemoryMb = memory }, script);

    private async Task ShouldRefuseAsync(Protos.Modal.Resources wanted, string words)
    {
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(wanted, Forever));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(words, refusal.Status.Detail);
    }
}
