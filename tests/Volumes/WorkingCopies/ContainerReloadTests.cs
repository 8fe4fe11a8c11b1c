using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Tests.Containers;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>Working copies in real containers.</summary>
public sealed class ContainerReloadTests(ContainerRig containers) : IClassFixture<ContainerRig>
{
    private int lastExec;

    [Fact]
    public async Task Reload_InARunningContainer_ShowsTheNewVersionAndRefusesWhileFilesAreOpen()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("file", "old"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        ContainerSpec spec = containers.Spec("sleep", "1000") with
        {
            Mounts = [new ContainerMount(Path.GetDirectoryName(copy.MountPoint)!, "/__modal/volumes", IsReadOnly: true, FollowsMachine: true)],
        };
        Container container = await containers.Runtime.StartAsync(spec, default);

        Assert.Equal("old", await RunAsync(container, "cat /__modal/volumes/one/file; echo mine > /__modal/volumes/one/own"));
        Assert.Contains("Read-only", await RunAsync(container, "touch /__modal/volumes/beside 2>&1; true"), StringComparison.Ordinal);
        await rig.Volumes.PutAsync(volume, ("file", "new"));
        ContainerProcess reader = await container.StartExecAsync("reader", ContainerRig.Process("sh", "-c", "exec 3< /__modal/volumes/one/file; sleep 1000"));
        await Task.Delay(500);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => copy.ReloadAsync());
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Equal("old", await RunAsync(container, "cat /__modal/volumes/one/file"));

        await container.KillAsync(reader, 9, all: true);
        await reader.Exited;
        await copy.ReloadAsync();
        Assert.Equal("newmine\n", await RunAsync(container, "cat /__modal/volumes/one/file /__modal/volumes/one/own"));
        Assert.Equal("mine\n", await rig.Volumes.ReadAsync(volume, "own"));

        await container.KillAsync(container.Main, 9, all: true);
        await container.Main.Exited;
        await containers.Runtime.RemoveAsync(container.Id);
    }

    private async Task<string> RunAsync(Container container, string script)
    {
        ContainerProcess process = await container.StartExecAsync($"exec{lastExec++}", ContainerRig.Process("sh", "-c", script));
        await process.Exited;
        return await ContainerRig.ReadAsync(process.OutputPath, process.OutputEnded);
    }
}
