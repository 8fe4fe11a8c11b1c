using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Engine.Gpus;
using Appliance.Gpus;
using Appliance.Gpus.Leases;
using Appliance.Tests.Containers;
using Appliance.Tests.Guest;

namespace Appliance.Tests.Gpus.Sandboxes;

/// <summary>Real containers with nodes that have no driver behind them: opening a leased one fails otherwise than opening another.</summary>
public sealed class GpuContainerTests : IAsyncLifetime, IDisposable
{
    private readonly ContainerRig rig = new();
    private readonly GpuTree tree = GpuTree.With(3);

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();

    public void Dispose() => tree.Dispose();

    [RootFact]
    public async Task AContainer_SeesTheLeasedNodesAndNoOthers()
    {
        string said = await RunAsync("any:2", "ls /dev | grep nvidia; stat -c '%n %t:%T %a' /dev/nvidia1");
        Assert.Equal("nvidia-uvm\nnvidia-uvm-tools\nnvidia0\nnvidia1\nnvidiactl\n/dev/nvidia1 c3:1 666\n", said);
    }

    [RootFact]
    public async Task AContainer_MayOpenTheLeasedNodesAndMakeNone()
    {
        string said = await RunAsync("any", "cat /dev/nvidia0; ls -l /dev/nvidia2; mknod /dev/nvidia2 c 195 2");
        Assert.Contains("can't open '/dev/nvidia0': No such device", said);
        Assert.Contains("/dev/nvidia2: No such file", said);
        Assert.Contains("Operation not permitted", said);
    }

    [RootFact]
    public async Task AContainer_ThatMadeANodeAllTheSame_MayNotOpenIt()
    {
        ContainerSpec spec = await FitAsync("any", "exec 2>&1; mknod /dev/nvidia2 c 195 2; cat /dev/nvidia0; cat /dev/nvidia2");
        string said = await RunAsync(spec with { Process = spec.Process with { CanMakeNodes = true } });
        Assert.Contains("can't open '/dev/nvidia0': No such device", said);
        Assert.Contains("can't open '/dev/nvidia2': Operation not permitted", said);
    }

    [RootFact]
    public async Task AContainer_FindsTheDriverReadOnly()
    {
        string said = await RunAsync(
            "any",
            """
            nvidia-smi; cat /usr/local/nvidia/lib64/libcuda.so.1; echo; ls /usr/local/nvidia/lib64
            echo $LD_LIBRARY_PATH $NVIDIA_VISIBLE_DEVICES ${CUDA_VISIBLE_DEVICES-unset}
            echo x > /usr/local/nvidia/lib64/libcuda.so.1
            """);
        Assert.Contains("smi\nlibcuda.so.1\nlibcuda.so\nlibcuda.so.1\nlibnvidia-ml.so.1\nlibnvidia-ptxjitcompiler.so.1\n", said);
        Assert.Contains("/usr/local/nvidia/lib64:/own GPU-0 unset\n", said);
        Assert.Contains("Read-only file system", said);
    }

    [RootFact]
    public async Task AnExec_SeesTheSameAndMayMakeNoNodesAlsoAfterARestart()
    {
        ContainerSpec spec = await FitAsync("any", "sleep 1000");
        await rig.Runtime.StartAsync(spec, default);
        await rig.RestartAsync();
        Container container = (await rig.Runtime.AdoptAsync(spec.Id, spec.Limits, default))!;

        ContainerProcess exec = await container.StartExecAsync(
            "look", container.Process with { Arguments = ["sh", "-c", "ls /dev/nvidia*; echo $NVIDIA_VISIBLE_DEVICES; grep CapEff /proc/self/status"] });

        string said = await ContainerRig.ReadAsync(exec.OutputPath, exec.OutputEnded);
        Assert.StartsWith("/dev/nvidia-uvm\n/dev/nvidia-uvm-tools\n/dev/nvidia0\n/dev/nvidiactl\nGPU-0\n", said);
        ulong capabilities = Convert.ToUInt64(said.Split('\t')[^1].Trim(), 16);
        Assert.Equal(0UL, capabilities & (1UL << 27));
        await container.KillAsync(container.Main, 9, all: true);
        await container.Main.Exited;
        await rig.Runtime.RemoveAsync(spec.Id);
    }

    private async Task<ContainerSpec> FitAsync(string request, string script)
    {
        var pool = new GpuPool(new GpuWatch(tree.MakeReal()));
        ContainerSpec spec = rig.Spec("sh", "-c", script);
        GpuAttachment? gpus = await new TaskGpus(pool, rig.Runtime).LeaseAsync(spec.Id, request, DateTimeOffset.UnixEpoch, default);
        return GpuOutfit.Fit(
            spec with { Process = spec.Process with { Environment = ["PATH=/bin:/usr/bin", "LD_LIBRARY_PATH=/own", "NVIDIA_VISIBLE_DEVICES=all"] } }, gpus);
    }

    private async Task<string> RunAsync(string request, string script) => await RunAsync(await FitAsync(request, $"exec 2>&1\n{script}"));

    private async Task<string> RunAsync(ContainerSpec spec)
    {
        Container container = await rig.Runtime.StartAsync(spec, default);
        string said = await ContainerRig.ReadAsync(container.Main.OutputPath, container.Main.OutputEnded);
        await rig.Runtime.RemoveAsync(container.Id);
        return said;
    }
}
