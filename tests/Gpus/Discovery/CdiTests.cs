using Appliance.Gpus;
using Appliance.Gpus.Cdi;
using Appliance.Gpus.Discovery;

namespace Appliance.Tests.Gpus.Discovery;

/// <summary>Specifications of the Container Device Interface, as NVIDIA's tool writes them.</summary>
public sealed class CdiTests
{
    private const string Yaml =
        """
        ---
        cdiVersion: 0.5.0
        kind: nvidia.com/gpu
        devices:
        - name: "0"
          containerEdits:
            deviceNodes:
            - path: /dev/nvidia0
              major: 195
              fileMode: 438
        - name: "1"
          containerEdits:
            deviceNodes:
            - path: /dev/nvidia1
        - name: all
          containerEdits:
            deviceNodes:
            - path: /dev/nvidia0
            - path: /dev/nvidia1
        containerEdits:
          env:
          - NVIDIA_VISIBLE_DEVICES=void
          deviceNodes:
          - path: /dev/nvidia-uvm
          - path: /dev/nvidiactl
          hooks:
          - hookName: createContainer
            path: /usr/bin/nvidia-cdi-hook
            args:
            - nvidia-cdi-hook
            - update-ldcache
            - --folder
            - /usr/lib/driver
            env:
            - NVIDIA_CTK_DEBUG=false
          mounts:
          - hostPath: /usr/lib/driver/libcuda.so.1
            containerPath: /usr/lib/driver/libcuda.so.1
            options: # read-only anyway
            - ro
            - nosuid

        """;

    private const string Json =
        """
        {"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": [
          {"name": "0", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia0", "major": 195, "minor": 0}]}},
          {"name": "1", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia1", "hostPath": "/dev/nvidia1"}]}}],
         "containerEdits": {"deviceNodes": [{"path": "/dev/nvidiactl"}]}}
        """;

    [Fact]
    public void Attach_OfASpecification_HasWhatItSaysOfTheDevicesOnly()
    {
        using GpuTree tree = GpuTree.With(2);
        tree.Write("etc/cdi/nvidia.yaml", Yaml);
        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        GpuAttachment attachment = inventory.Attach([inventory.Devices[1]]);

        Assert.True(inventory.UsesSpecifications);
        Assert.Empty(inventory.Remarks);
        Assert.Equal(["/dev/nvidia-uvm", "/dev/nvidiactl", "/dev/nvidia1"], attachment.Nodes.Select(node => node.Path));
        Assert.Equal(new GpuNode("/dev/nvidia1", GpuTree.CardMajor, 1), attachment.Nodes[^1]);
        Assert.Equal(tree.Root + "/usr/lib/driver/libcuda.so.1", Assert.Single(attachment.Files).Source);
        GpuHook hook = Assert.Single(attachment.Hooks);
        Assert.Equal("createContainer", hook.Stage);
        Assert.Equal(["nvidia-cdi-hook", "update-ldcache", "--folder", "/usr/lib/driver"], hook.Arguments);
        Assert.Equal(["NVIDIA_CTK_DEBUG=false"], hook.Variables);
        Assert.Equal(["NVIDIA_VISIBLE_DEVICES=GPU-1"], attachment.Variables);
    }

    [Fact]
    public void Attach_OfJson_Works()
    {
        using GpuTree tree = GpuTree.With(2);
        tree.Write("var/run/cdi/nvidia.json", Json);
        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.Equal(["/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia1"], inventory.Attach(inventory.Devices).Nodes.Select(node => node.Path));
    }

    [Fact]
    public void Discover_WhereASpecificationMissesACard_UsesNone()
    {
        using GpuTree tree = GpuTree.With(3);
        tree.Write("etc/cdi/nvidia.yaml", Yaml);

        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.False(inventory.UsesSpecifications);
        Assert.Equal(3, inventory.Devices.Count);
        Assert.Contains("do not name /dev/nvidia2", Assert.Single(inventory.Remarks));
    }

    [Theory]
    [InlineData("netDevices: []")]
    [InlineData("deviceNodes: [{path: /dev/nvidia0}]")]
    [InlineData("env: |\n    A=B")]
    public void Discover_OfSomethingThatIsNotUnderstood_SaysWhatAndUsesNone(string line)
    {
        using GpuTree tree = GpuTree.With(1);
        tree.Write("etc/cdi/nvidia.yaml", $"kind: nvidia.com/gpu\ncontainerEdits:\n  {line}\n");

        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.False(inventory.UsesSpecifications);
        Assert.Single(inventory.Devices);
        Assert.Contains("/etc/cdi/nvidia.yaml is not used", Assert.Single(inventory.Remarks));
    }

    [Fact]
    public void Discover_OfAnotherMakersSpecification_LooksPastIt()
    {
        using GpuTree tree = GpuTree.With(1);
        tree.Write("etc/cdi/other.json", """{"kind": "other.com/net", "containerEdits": {"strange": 1}}""");

        GpuInventory inventory = GpuDiscovery.Discover(tree.Machine);

        Assert.Empty(inventory.Remarks);
        Assert.False(inventory.UsesSpecifications);
    }

    [Theory]
    [InlineData("a: 'it''s'", "it's")]
    [InlineData("a: \"say \\\"so\\\"\" # so", "say \"so\"")]
    [InlineData("a: plain # not this", "plain")]
    [InlineData("a: with:colon", "with:colon")]
    [InlineData("\"a\": x", "x")]
    [InlineData("a:\n  b", "b")]
    [InlineData("a: []", "")]
    public void Yaml_OfOneText_IsRead(string yaml, string expected) => Assert.Equal(expected, CdiNode.Parse(yaml)["a"].Text);
}
