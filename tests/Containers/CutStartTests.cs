using Appliance.Containers.Runtime;
using Appliance.Containers.Shims;
using Appliance.Containers.Specs;
using Appliance.Native.Mounts;
using Appliance.Protos.Containerd.Runc;

namespace Appliance.Tests.Containers;

/// <summary>A kill can come after each step that a start takes; what it leaves must not look like a container that runs.</summary>
public sealed class CutStartTests : IAsyncLifetime
{
    private readonly ContainerRig rig = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Adopt_OfAStartThatWasCutShort_LeavesNothingOfIt(int steps)
    {
        ContainerSpec spec = rig.Spec("/bin/true");
        RunDirectory run = rig.Runtime.Run;
        run.Ensure();
        string bundle = Path.Combine(run.Bundles, $"slot-cut-{steps}");
        Directory.CreateDirectory(ContainerSlot.RootOf(bundle));
        await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), "{}");
        string socket = await new ShimStarter(ShimPrograms.Locate(run.Root), run.EventSocket).StartAsync(Path.GetFileName(bundle), bundle);
        await File.WriteAllTextAsync(ContainerSlot.OwnerFile(bundle), spec.Id);
        await using ShimClient shim = await ShimClient.ConnectAsync(socket, Path.GetFileName(bundle), default);
        if (steps > 1)
        {
            TaskDirectory directory = rig.Runtime.DirectoryOf(spec.Id);
            directory.Create();
            OverlayMount.Mount(spec.Layers, directory.Changes, directory.Work, ContainerSlot.RootOf(bundle), isVolatile: true);
            await File.WriteAllBytesAsync(Path.Combine(bundle, "config.json"), SpecWriter.Write(spec, $"/appliance/{run.Instance}/{spec.Id}"));
        }

        if (steps > 2)
        {
            ShimStreams streams = ContainerProcess.Prepare(rig.Runtime.DirectoryOf(spec.Id).MainFiles, spec.Process);
            await shim.CreateAsync(bundle, streams, new Options { BinaryName = "runc", Root = run.RuntimeState }, "", default);
        }

        await rig.RestartAsync();
        Assert.Null(await rig.Runtime.AdoptAsync(spec.Id, spec.Limits, default));
        Assert.False(Directory.Exists(bundle));

        Container again = await rig.Runtime.StartAsync(spec, default);
        Assert.Equal(0, (await again.Main.Exited).Status);
        Assert.Empty(rig.Reported);
    }

    public Task InitializeAsync() => rig.InitializeAsync();

    public Task DisposeAsync() => rig.DisposeAsync();
}
