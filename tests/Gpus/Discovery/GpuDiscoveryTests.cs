using Appliance.Gpus;
using Appliance.Gpus.Discovery;
using Appliance.Native.Nvml;

namespace Appliance.Tests.Gpus.Discovery;

public sealed class GpuDiscoveryTests
{
    [Fact]
    public void Attach_OfOneCard_HasItsNodeAndTheSharedOnesOnly()
    {
        using GpuTree tree = GpuTree.With(3);
        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        GpuAttachment attachment = inventory.Attach([inventory.Devices[1]]);

        Assert.Null(inventory.Problem);
        Assert.Equal(
            [
                new GpuNode("/dev/nvidia1", GpuTree.CardMajor, 1), new GpuNode("/dev/nvidiactl", GpuTree.CardMajor, 255),
                new GpuNode("/dev/nvidia-uvm", GpuTree.MemoryMajor, 0), new GpuNode("/dev/nvidia-uvm-tools", GpuTree.MemoryMajor, 1),
            ],
            attachment.Nodes);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=GPU-1", attachment.Variables);
        Assert.DoesNotContain(attachment.Variables, variable => variable.StartsWith("CUDA_VISIBLE_DEVICES", StringComparison.Ordinal));
    }

    [Fact]
    public void Attach_BringsTheDriversFilesAndNoOthers()
    {
        using GpuTree tree = GpuTree.With(1);
        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        GpuAttachment attachment = inventory.Attach(inventory.Devices);

        string[] targets = [.. attachment.Files.Select(file => file.Target).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "/usr/bin/nvidia-smi", "/usr/local/nvidia/lib64/libcuda.so", "/usr/local/nvidia/lib64/libcuda.so.1",
                "/usr/local/nvidia/lib64/libnvidia-ml.so.1", "/usr/local/nvidia/lib64/libnvidia-ptxjitcompiler.so.1",
            ],
            targets);
        Assert.All(attachment.Files, file => Assert.True(new FileInfo(file.Source).LinkTarget is null && File.Exists(file.Source)));
        Assert.Equal("/usr/local/nvidia/lib64", attachment.LibraryDirectory);
    }

    [Fact]
    public void Discover_WithoutAnything_SaysThatThereIsNoDriver()
    {
        using var tree = new GpuTree();
        var machine = new GpuMachine(tree.Root) { ReadDriver = () => null };
        Assert.Contains("no driver, no device nodes, no libnvidia-ml.so.1", GpuDiscovery.Discover(machine).Problem!.What);
    }

    [Theory]
    [InlineData("dev/nvidia-uvm", "/dev/nvidia-uvm")]
    [InlineData("dev/nvidiactl", "/dev/nvidiactl")]
    [InlineData("usr/lib/driver/libcuda.so.1.550.54.15", "libcuda.so.1")]
    [InlineData("etc/ld.so.cache", "libcuda.so.1")]
    [InlineData("dev/nvidia0", "no GPU of the driver can be used")]
    public void Discover_WhereSomethingIsMissing_NamesIt(string removed, string named)
    {
        using GpuTree tree = GpuTree.With(1);
        tree.Remove(removed);

        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.Empty(inventory.Devices);
        Assert.Contains(named, inventory.Problem!.What);
        Assert.NotEmpty(inventory.Problem.Fix);
    }

    [Fact]
    public void Discover_OfABrokenDriver_RepeatsWhatItSays()
    {
        using GpuTree tree = GpuTree.With(1);
        var machine = new GpuMachine(tree.Root) { ReadDriver = () => throw new NvmlException("nvmlInit: Driver/library version mismatch") };

        string what = GpuDiscovery.Discover(machine).Problem!.What;

        Assert.Contains("version mismatch", what);
        Assert.Contains("/dev/nvidia0", what);
    }

    [Fact]
    public void Discover_OfACutCard_LeavesItOutAndSaysSo()
    {
        using GpuTree tree = GpuTree.With(new StubCard(StubCard.H100, 0, IsPartitioned: true), new StubCard(StubCard.H100, 1));

        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.Equal("GPU-1", Assert.Single(inventory.Devices).Id);
        Assert.Contains("MIG", Assert.Single(inventory.Remarks));
    }

    [Fact]
    public void LoaderCache_OfThisMachine_KnowsItsLibraries()
    {
        IReadOnlyDictionary<string, string> known = LoaderCache.Read(File.ReadAllBytes("/etc/ld.so.cache"));
        Assert.True(File.Exists(known["libc.so.6"]));
    }

    [Fact]
    public async Task Watch_LooksAgainUntilThereAreGpusAndAfterAnUpgrade()
    {
        using GpuTree tree = GpuTree.With(1);
        int looks = 0;
        NvmlReading? answer = null;
        GpuMachine usual = tree.Machine;
        var watch = new GpuWatch(new GpuMachine(tree.Root)
        {
            FindNode = usual.FindNode,
            ReadDriver = () =>
            {
                looks++;
                return answer;
            },
        });

        Assert.NotNull((await watch.ReadAsync()).Problem);
        answer = usual.ReadDriver();
        Assert.Single((await watch.ReadAsync()).Devices);
        await watch.ReadAsync();
        Assert.Equal(2, looks);

        tree.Remove("usr/lib/driver/libnvidia-ml.so.1.550.54.15");
        Assert.Contains("libnvidia-ml.so.1", (await watch.ReadAsync()).Problem!.What);
    }
}
