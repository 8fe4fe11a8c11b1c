using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;
using Appliance.Metadata.Images;
using Appliance.Native.Directories;

namespace Appliance.Tests.Images;

public sealed class LayerStoreTests
{
    [RootFact]
    public async Task Unpack_SameArchiveAtOnce_IsOneLayer()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("a", "text").ToArray();
        LayerHold[] holds = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.Layers.UnpackAsync(
            new LayerArchive(new MemoryStream(tar)) { DiffId = Core.Digests.Digest.Of(tar) }, [], default)));
        Assert.Single(holds.Select(hold => hold.Name).Distinct());
    }

    [RootFact]
    public async Task Collect_UnusedLayer_StaysWhileHeldAndGoesAfterwards()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        LayerHold hold = await rig.UnpackAsync(new TarBuilder().File("a", "text"));
        Assert.Equal(0, (await rig.Layers.CollectAsync(default)).EntryCount);
        hold.Dispose();
        Assert.Equal(new TreeMeasure(4, 1), await rig.Layers.CollectAsync(default));
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
        Assert.Null(rig.Layers.TryHold(hold.Name));
    }

    [RootFact]
    public async Task Open_AfterCrash_SweepsWhatHasNoRow()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using (LayerHold hold = await rig.UnpackAsync(new TarBuilder().File("a", "text")))
        {
            await rig.Images.CreateAsync(new NewImage(new ImageConfig(), [hold], ImageOrigin.Imported), default);
        }

        Directory.CreateDirectory(Path.Combine(rig.LayersPath, ".half", "deep"));
        Directory.CreateDirectory(Path.Combine(rig.LayersPath, "renamedonly"));
        await rig.ReopenAsync();
        for (int tries = 0; tries < 100 && Directory.GetFileSystemEntries(rig.LayersPath).Length > 1; tries++)
        {
            await Task.Delay(50);
        }

        Assert.Single(Directory.GetFileSystemEntries(rig.LayersPath));
    }

    [RootFact]
    public async Task Adopt_UpperDirectory_IsMovedAsItIs()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string upper = Path.Combine(rig.Path, "upper");
        Directory.CreateDirectory(Path.Combine(upper, "d"));
        await File.WriteAllTextAsync(Path.Combine(upper, "d/f"), "text");
        using LayerHold layer = await rig.Layers.AdoptAsync(upper, default);
        Assert.False(Directory.Exists(upper));
        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(layer.Directory, "d/f")));
        Assert.Equal((4L, 2L), (layer.Record.SizeBytes, layer.Record.EntryCount));
        await Assert.ThrowsAsync<ApplianceException>(() => rig.Layers.AdoptAsync(upper, default));
    }

    [RootFact]
    public async Task Copy_UpperDirectory_KeepsEverythingThatBelongsToAnImage()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string upper = Path.Combine(rig.Path, "upper");
        await Shell.RunAsync(
            $"mkdir -p '{upper}/d' && cd '{upper}' && printf text > d/f && ln d/f g && ln -s /x l && mknod w c 0 0 && mknod sda b 8 0 && mkfifo p && chmod 4755 d/f && chown 3:4 d/f && truncate -s 5M hole && printf x >> hole");
        using (DirectoryHandle root = DirectoryHandle.Open(upper))
        {
            ExtendedAttributes.TrySet(root, NodeName.Of("d"), ExtendedAttributes.OverlayOpaque, "y"u8);
        }

        using LayerHold layer = await rig.Layers.CopyAsync(upper, default);
        string list = "find . -printf '%p %y %m %U %G %l %s %n %t\\n' | grep -v sda | grep -v '^\\. ' | sort";
        Assert.Equal(await Shell.RunAsync($"cd '{upper}' && {list}"), await Shell.RunAsync($"cd '{layer.Directory}' && {list}"));
        using DirectoryHandle copy = DirectoryHandle.Open(layer.Directory);
        Assert.True(copy.Find(NodeName.Of("w"))!.Value.IsWhiteout);
        Assert.Null(copy.Find(NodeName.Of("sda")));
        Assert.True(copy.Find(NodeName.Of("hole"))!.Value.AllocatedBytes < 1 << 20);
        Assert.NotNull(ExtendedAttributes.Find(copy, NodeName.Of("d"), ExtendedAttributes.OverlayOpaque));
    }
}
