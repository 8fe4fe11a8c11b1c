using Appliance.Protos.Modal;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Guest;
using Appliance.Tests.Hosting;
using Appliance.Tests.Interop;
using Grpc.Core;

namespace Appliance.Tests.Gpus.Sandboxes;

/// <summary>Sandboxes with GPUs through the calls that clients make.</summary>
public sealed class GpuSandboxTests : IAsyncLifetime
{
    private const string Forever = "sleep 1000";
    private const string Look = "ls /dev | grep 'nvidia[0-9]'; echo $NVIDIA_VISIBLE_DEVICES";

    private readonly GpuTree tree = GpuTree.With(2);
    private InProcessServer server = null!;

    public async Task InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            server = await InProcessServer.StartAsync(tree.MakeReal());
        }
    }

    public async Task DisposeAsync()
    {
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        tree.Dispose();
    }

    [RootFact]
    public async Task ASandbox_SeesWhatItLeasedAndGivesItBackAtItsEnd()
    {
        foreach ((string type, uint count, string expected) in new[]
        {
            ("H100", 1u, "nvidia0\nGPU-0\n"), ("H100!", 2u, "nvidia0\nnvidia1\nGPU-0,GPU-1\n"), ("any", 0u, "nvidia0\nGPU-0\n"),
        })
        {
            string sandbox = await server.CreateAsync(type, count, Look);
            Assert.Equal(0, (await server.WaitAsync(sandbox))!.Exitcode);
            Assert.Equal(expected, await server.ReadOutputAsync(sandbox));
        }
    }

    [RootFact]
    public async Task ASandboxThatWaits_SaysWhyAndStartsWhenTheOtherEnds()
    {
        string first = await server.CreateAsync("H100", 2, Forever);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string second = await server.CreateAsync("H100", 1, Look);

        (bool hasStarted, string? warning) = await server.LookAsync(second, seconds: 1);
        Assert.False(hasStarted);
        Assert.Contains($"Sandbox '{second}' has not started yet. It waits for gpu=\"H100\"", warning);
        Assert.Contains("2 × NVIDIA H100 80GB HBM3", warning);
        SandboxInfo info = (await server.Client.SandboxListAsync(new SandboxListRequest(), server.Credentials)).Sandboxes.Single(each => each.Id == second);
        Assert.Equal(("H100", 1u, 0d), (info.TaskInfo.GpuConfig.GpuType, info.TaskInfo.GpuConfig.Count, info.TaskInfo.StartedAt));

        await server.TerminateAsync(first);
        Assert.Equal(0, (await server.WaitAsync(second))!.Exitcode);
        Assert.Equal("nvidia0\nGPU-0\n", await server.ReadOutputAsync(second));
        Assert.Null((await server.LookAsync(second)).Warning);
    }

    [RootFact]
    public async Task ASandboxThatWaits_CanBeEnded()
    {
        string first = await server.CreateAsync("H100", 1, Forever);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string large = await server.CreateAsync("H100", 2, Forever);
        Assert.NotNull((await server.LookAsync(large, seconds: 1)).Warning);
        string small = await server.CreateAsync("H100", 1, Look);

        await server.TerminateAsync(large);

        GenericResult result = (await server.WaitAsync(large))!;
        Assert.Equal(GenericResult.Types.GenericStatus.Terminated, result.Status);
        Assert.Equal(0, (await server.WaitAsync(small))!.Exitcode);
        Assert.Equal("nvidia1\nGPU-1\n", await server.ReadOutputAsync(small));
    }

    [RootFact]
    public async Task Leases_AcrossARestart_StayWithTheirContainersAndPlacesInTheLine()
    {
        string first = await server.CreateAsync("H100", 1, Forever);
        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        string large = await server.CreateAsync("H100", 2, Look);
        Assert.NotNull((await server.LookAsync(large, seconds: 1)).Warning);
        string small = await server.CreateAsync("H100", 1, Look);
        Assert.NotNull((await server.LookAsync(small, seconds: 1)).Warning);

        await server.RestartAsync();

        Assert.True((await server.LookAsync(first, seconds: 30)).HasStarted);
        Assert.EndsWith("It is next.", (await server.LookAsync(large, seconds: 1)).Warning);
        Assert.EndsWith("One other is before it.", (await server.LookAsync(small, seconds: 1)).Warning);
        await server.TerminateAsync(first);
        Assert.Equal(0, (await server.WaitAsync(large))!.Exitcode);
        Assert.Equal("nvidia0\nnvidia1\nGPU-0,GPU-1\n", await server.ReadOutputAsync(large));
        Assert.Equal(0, (await server.WaitAsync(small))!.Exitcode);
    }

    [RootFact]
    public async Task Gpus_ThroughTheRealClient_WorkAndFailAsItsUsersExpect()
    {
        ProgramRun run = await ProgramRun.StartAsync("node", ["modal-gpus.mjs"], server.Variables, InteropFiles.Scripts);
        run.ShouldSucceed();
        Assert.Contains("all checks passed", run.Output);
    }

    [RootFact]
    public async Task WhatTheMachineLacks_IsRefusedAtOnce()
    {
        await ShouldRefuseAsync("H1000", 1, StatusCode.InvalidArgument, "Not a valid GPU type: 'H1000'");
        await ShouldRefuseAsync("T4", 1, StatusCode.FailedPrecondition, "this machine has 2 × NVIDIA H100 80GB HBM3");
        await ShouldRefuseAsync("H100", 3, StatusCode.FailedPrecondition, "Ask for at most 2");
        await ShouldRefuseAsync("H100", uint.MaxValue, StatusCode.InvalidArgument, "is not understood");
        Assert.Empty((await server.Client.SandboxListAsync(new SandboxListRequest { IncludeFinished = true }, server.Credentials)).Sandboxes);
    }

    [RootFact]
    public async Task ASnapshot_HasNothingOfTheDriver()
    {
        string sandbox = await server.CreateAsync("any", 1, "echo kept > /kept; " + Forever);
        Assert.True((await server.LookAsync(sandbox, seconds: 30)).HasStarted);

        var request = new SandboxSnapshotFsRequest { SandboxId = sandbox, Timeout = 55 };
        string image = (await server.Client.SandboxSnapshotFsAsync(request, server.Credentials)).ImageId;

        string look = await server.CreateAsync("", 0, "cat /kept; find / -xdev -name 'libcuda*' -o -xdev -name nvidia-smi; ls /dev | grep nvidia", image);
        await server.WaitAsync(look);
        Assert.Equal("kept\n", await server.ReadOutputAsync(look));
    }

    [RootFact]
    public async Task ABuild_HasTheGpuWhileItRunsAndGivesItBack()
    {
        (string image, GenericResult result, string log) = await server.BuildAsync("H100", "ls /dev/nvidia0 /dev/nvidia1 > /seen 2>/dev/null; nvidia-smi");
        Assert.True(result.Status == GenericResult.Types.GenericStatus.Success, result.Exception + log);
        Assert.Contains("smi", log);

        string look = await server.CreateAsync("H100", 2, "cat /seen", image);
        await server.WaitAsync(look);
        Assert.Equal("/dev/nvidia0\n", await server.ReadOutputAsync(look));
    }

    [RootFact]
    public async Task ABuild_WithWhatTheMachineLacks_FailsAndSaysSo()
    {
        (_, GenericResult result, _) = await server.BuildAsync("T4", "true");
        Assert.Equal(GenericResult.Types.GenericStatus.Failure, result.Status);
        Assert.Contains("gpu=\"T4:1\" cannot be had: this machine has 2 × NVIDIA H100 80GB HBM3", result.Exception);
    }

    private async Task ShouldRefuseAsync(string type, uint count, StatusCode status, string words)
    {
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => server.CreateAsync(type, count, Forever));
        Assert.Equal(status, refusal.StatusCode);
        Assert.Contains(words, refusal.Status.Detail);
    }
}
