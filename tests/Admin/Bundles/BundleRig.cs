using Appliance.Admin.Bundles;
using Appliance.Admin.Images;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata.Images;
using Appliance.Tests.Images;
using Appliance.Tests.Metadata;
using Appliance.Tests.Volumes.Transfers;

namespace Appliance.Tests.Admin.Bundles;

/// <summary>A machine with images and volumes, and a directory for bundles.</summary>
internal sealed class BundleRig : IAsyncDisposable
{
    private readonly TestDirectory scratch = new();

    private BundleRig(ImageRig images, StorageFixture storage) => (Images, Storage) = (images, storage);

    public ImageRig Images { get; }

    public StorageFixture Storage { get; }

    public LocalImageDesk ImageDesk => new(Images.Library, TimeProvider.System);

    public static async Task<BundleRig> OpenAsync() => new(await ImageRig.OpenAsync(), await StorageFixture.OpenAsync());

    public string At(string name) => Path.Combine(scratch.Path, name);

    /// <summary>An image of two layers, the first of which all images have.</summary>
    public async Task<Image> AddImageAsync(string tag)
    {
        using LayerHold below = await Images.UnpackAsync(new TarBuilder().Directory("d").File("d/shared", new string('s', 5000)));
        using LayerHold above = await Images.UnpackAsync(new TarBuilder().File("own", tag), below.Name);
        return await Images.Images.CreateAsync(
            new NewImage(new ImageConfig { Run = new ImageRunConfig { Env = [$"A={tag}"] } }, [below, above], ImageOrigin.Built) { Tags = [ImageReference.Read(tag)] }, default);
    }

    public async Task<BundleManifest> CreateAsync(string file, string[] images, string[] volumes, Stream? target = null)
    {
        await using Stream stream = target ?? File.Create(file);
        return await new BundleWriter(ImageDesk, Storage.Volumes, TimeProvider.System).WriteAsync(
            new BundleOrder(images, volumes, ""), stream, new TransferProgress(), default);
    }

    public async Task<BundleReport> ImportAsync(string file, bool force = false)
    {
        using BundleFile bundle = await BundleFile.OpenAsync(file, default);
        await bundle.CheckAsync(new TransferProgress(), default);
        return await new BundleImporter(ImageDesk, Storage.Volumes).ImportAsync(bundle, new BundleImport("", force), new TransferProgress(), default);
    }

    public async ValueTask DisposeAsync()
    {
        await Images.DisposeAsync();
        await Storage.DisposeAsync();
        scratch.Dispose();
    }
}
