using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images;

public sealed class ImageDirectoryTests
{
    [RootFact]
    public async Task Create_WithTag_IsFoundByEveryFormOfItAndAfterRestart()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        Image image = await CreateAsync(rig, "alpine:3.21");
        await rig.ReopenAsync();
        Assert.Equal(image.Id, rig.Images.Resolve("docker.io/library/alpine:3.21")!.Id);
        Assert.Equal(image.Id, rig.Images.Resolve("alpine:3.21")!.Id);
        Assert.Null(rig.Images.Resolve("alpine"));
        Assert.Equal("docker.io/library/alpine:3.21", Assert.Single(rig.Images.ListTags(image.Id)));
        Assert.Equal(["PATH=/bin"], rig.Images.Get(image.Id).Config.Run.Env);
        Assert.True(ObjectId.TryRead(image.Id.Text, out ImageId _));
    }

    [RootFact]
    public async Task Create_EqualDefinition_IsOneImageUntilItIsRemoved()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        Image first = await CreateAsync(rig, "a", definition: "same");
        Image second = await CreateAsync(rig, "b", definition: "same");
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(2, rig.Images.ListTags(first.Id).Count);
        await rig.Images.RemoveAsync(first.Id, default);
        Assert.Null(rig.Images.Find(first.Id));
        Assert.Null(rig.Images.Resolve("a"));
        Assert.NotEqual(first.Id, (await CreateAsync(rig, "a", definition: "same")).Id);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.Images.RemoveAsync(first.Id, default));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Contains("Could not find image with ID", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task LowerDirectories_LayerTwice_CountsOnTop()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using LayerHold a = await rig.UnpackAsync(new TarBuilder().File("a"));
        using LayerHold b = await rig.UnpackAsync(new TarBuilder().File("b"));
        Image image = await rig.Images.CreateAsync(new NewImage(new ImageConfig(), [a, b, a], ImageOrigin.Built), default);
        Assert.Equal([a.Directory, b.Directory], rig.Images.LowerDirectories(image));
        Image empty = await rig.Images.CreateAsync(new NewImage(new ImageConfig(), [], ImageOrigin.Built), default);
        Assert.True(Directory.Exists(Assert.Single(rig.Images.LowerDirectories(empty))));
    }

    [RootFact]
    public async Task Collect_PinnedImage_KeepsItsLayersThoughItIsRemoved()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        Image image = await CreateAsync(rig, "a");
        using (rig.Library.Pins.Hold(image.Id))
        {
            await rig.Images.RemoveAsync(image.Id, default);
            await rig.Library.Collector.CollectAsync(default);
            Assert.True(Directory.Exists(rig.Images.LowerDirectories(rig.Images.GetHeld(image.Id))[0]));
            using IDisposable again = rig.Library.Pins.Hold(image.Id);
        }

        await rig.Library.Collector.CollectAsync(default);
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
        Assert.Throws<ApplianceException>(() => rig.Library.Pins.Hold(image.Id));
    }

    [RootFact]
    public async Task Collect_ExpiredImage_Goes()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using (LayerHold layer = await rig.UnpackAsync(new TarBuilder().File("a")))
        {
            await rig.Images.CreateAsync(
                new NewImage(new ImageConfig(), [layer], ImageOrigin.Snapshot) { ExpiresAt = DateTimeOffset.UnixEpoch }, default);
        }

        await rig.Library.Collector.CollectAsync(default);
        Assert.Empty(rig.Images.List());
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
    }

    [RootFact]
    public async Task Collect_SharedLayer_StaysWithTheOtherImage()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        Image first = await CreateAsync(rig, "a");
        Image second = await CreateAsync(rig, "b");
        Assert.NotEqual(first.Id, second.Id);
        await rig.Images.RemoveAsync(first.Id, default);
        await rig.Library.Collector.CollectAsync(default);
        Assert.True(Directory.Exists(rig.Images.LowerDirectories(rig.Images.Get(second.Id))[0]));
    }

    private static async Task<Image> CreateAsync(ImageRig rig, string tag, string? definition = null)
    {
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder().File("a", "text"));
        var config = new ImageConfig { Run = new ImageRunConfig { Env = ["PATH=/bin"] } };
        return await rig.Images.CreateAsync(
            new NewImage(config, [layer], ImageOrigin.Imported)
            {
                Tags = [ImageReference.Read(tag)],
                Definition = definition is null ? null : Digest.Of(System.Text.Encoding.UTF8.GetBytes(definition)),
            },
            default);
    }
}
