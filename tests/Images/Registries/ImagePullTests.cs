using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Registries;
using Appliance.Images.Transfers.Formats;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images.Registries;

public sealed class ImagePullTests
{
    private static readonly byte[] Base = RegistryContent.Layer("base", "from the base");
    private static readonly byte[] Top = RegistryContent.Layer("top", "from the top");

    [RootFact]
    public async Task Pull_LayersInEachPacking_AreOneImageUnderItsReference()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        byte[] third = RegistryContent.Layer("third", "3");
        await File.WriteAllBytesAsync(rig.File("third"), third);
        await Shell.RunAsync($"zstd -q '{rig.File("third")}'");
        registry.Content.Add("team/app", "1", [(Base, RegistryContent.Gzip(Base)), (Top, Top), (third, await File.ReadAllBytesAsync(rig.File("third.zst")))]);
        Image image = await rig.PullAsync($"{registry.Host}/team/app:1");
        Assert.Equal(["from the base", "from the top", "3"], [rig.Read(image, "srv/base"), rig.Read(image, "srv/top"), rig.Read(image, "srv/third")]);
        Assert.Equal((ImageOrigin.Pulled, 3), (image.Origin, image.Layers.Count));
        Assert.Equal(image.Id, rig.Rig.Images.Resolve($"{registry.Host}/team/app:1")!.Id);
        Assert.Equal(rig.Progress.TotalBytes, rig.Progress.Bytes);
        Assert.Equal(["FROM=team/app"], image.Config.Run.Env);
        rig.AssertSpoolIsEmpty();
    }

    [RootFact]
    public async Task Pull_OfDockersImagesFromAMirror_IsFoundUnderTheirShortName()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"docker.io mirror={registry.Host}/hub blocked", $"{registry.Host} plain-http");
        registry.Content.Add("hub/library/alpine", "3.21", [(Base, RegistryContent.Gzip(Base))]);
        Image image = await rig.PullAsync("alpine:3.21");
        Assert.Equal(image.Id, rig.Rig.Images.Resolve("docker.io/library/alpine:3.21")!.Id);
        Assert.Equal(image.Id, (await rig.PullAsync("alpine:3.21", tag: "other:1")).Id);
        Assert.Equal(image.Id, rig.Rig.Images.Resolve("other:1")!.Id);
    }

    [RootFact]
    public async Task Pull_Index_TakesTheMachineThatIsWanted()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        string own = registry.Content.Add("a", "own", [(Base, Base)], ImagePlatform.OfThisMachine.Architecture);
        string other = registry.Content.Add("a", "other", [(Top, Top)], "s390x");
        registry.Content.AddIndex("a", "1", ("s390x", other), (ImagePlatform.OfThisMachine.Architecture, own), ("unknown", other));
        Assert.Equal("from the base", rig.Read(await rig.PullAsync($"{registry.Host}/a:1"), "srv/base"));
        var order = new PullOrder(ImageReference.Read($"{registry.Host}/a:1")) { Tag = ImageReference.Read("big:1"), Platform = ImagePlatform.Read("linux/s390x") };
        Image foreign = await rig.Puller.PullAsync(order, rig.Progress, default);
        Assert.Equal("from the top", rig.Read(foreign, "srv/top"));
        Assert.Equal("s390x", foreign.Config.Architecture);
        ApplianceException none = await Assert.ThrowsAsync<ApplianceException>(
            () => rig.Puller.PullAsync(order with { Platform = ImagePlatform.Read("linux/arm/v7") }, rig.Progress, default));
        Assert.Contains("linux/arm/v7", none.Message, StringComparison.Ordinal);
        Assert.Contains("linux/s390x", none.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Pull_ByDigest_IsThatManifestOrNone()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        string digest = registry.Content.Add("a", "1", [(Base, Base)]);
        registry.Content.Manifests[$"a:{digest}"] = [.. registry.Content.Manifests["a:1"], (byte)' '];
        ApplianceException damaged = await rig.FailAsync($"{registry.Host}/a@{digest}");
        Assert.Contains(digest, damaged.Message, StringComparison.Ordinal);
        registry.Content.Manifests[$"a:{digest}"] = registry.Content.Manifests["a:1"];
        Assert.Equal((await rig.PullAsync($"{registry.Host}/a@{digest}")).Id, rig.Rig.Images.Resolve($"{registry.Host}/a@{digest}")!.Id);
    }

    [RootFact]
    public async Task Pull_LayersThatAreHere_AreNotFetched()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        byte[] packed = RegistryContent.Gzip(Base);
        registry.Content.Add("a", "1", [(Base, packed)]);
        registry.Content.Add("b", "1", [(Base, packed), (Top, Top), (Top, Top)]);
        await rig.PullAsync($"{registry.Host}/a:1");
        Image image = await rig.PullAsync($"{registry.Host}/b:1");
        Assert.Equal(3, image.Layers.Count);
        Assert.Equal("from the base", rig.Read(image, "srv/base"));
        Assert.Single(registry.Calls, call => call.Path.EndsWith(RegistryContent.DigestOf(packed), StringComparison.Ordinal));
        Assert.Single(registry.Calls, call => call.Path.EndsWith(RegistryContent.DigestOf(Top), StringComparison.Ordinal));
        Assert.Equal(rig.Progress.TotalBytes, rig.Progress.Bytes);
    }

    [RootFact]
    public async Task Pull_ManyLayers_ComeSeveralAtATime()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        int now = 0;
        int most = 0;
        var four = new TaskCompletionSource();
        registry.Fault = async http =>
        {
            if (http.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal) && registry.Calls.Count > 2)
            {
                int here = Interlocked.Increment(ref now);
                most = Math.Max(most, here);
                if (here == 4)
                {
                    four.TrySetResult();
                }

                await four.Task.WaitAsync(TimeSpan.FromSeconds(10));
                await Task.Delay(20);
                Interlocked.Decrement(ref now);
            }

            return false;
        };
        registry.Content.Add("a", "1", [.. Enumerable.Range(0, 9).Select(number => RegistryContent.Layer($"f{number}", $"{number}")).Select(layer => (layer, layer))]);
        Image image = await rig.PullAsync($"{registry.Host}/a:1");
        Assert.Equal("8", rig.Read(image, "srv/f8"));
        Assert.Equal(4, most);
    }

    [RootFact]
    public async Task Pull_GivenUp_LeavesNoImage()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http");
        using var stop = new CancellationTokenSource();
        registry.Content.Add("a", "1", [(Base, Base), (Top, Top)]);
        registry.Fault = async http =>
        {
            if (http.Request.Path.Value!.EndsWith(RegistryContent.DigestOf(Top), StringComparison.Ordinal))
            {
                http.Response.ContentLength = Top.Length;
                await http.Response.Body.WriteAsync(Top.AsMemory(0, 600));
                await http.Response.Body.FlushAsync();
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return false;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => rig.Puller.PullAsync(new PullOrder(ImageReference.Read($"{registry.Host}/a:1")), rig.Progress, stop.Token));
        rig.AssertNoImageIsLeft();
    }
}
