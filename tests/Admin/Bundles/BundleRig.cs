using Appliance.Admin.Bundles;
using Appliance.Admin.Clients;
using Appliance.Admin.Images;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata.Images;
using Appliance.Mounts.Clients;
using Appliance.Packages;
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

    public BundleImporter Importer => new(ImageDesk, Storage.Volumes, Clients, new WheelhouseIntake(Wheelhouse, TimeProvider.System));

    public LocalImageDesk ImageDesk => new(Images.Library, TimeProvider.System);

    public Wheelhouse Wheelhouse => new(scratch.Path);

    /// <summary>Stands in for those who take client libraries in.</summary>
    public ClientListing Clients { get; } = new();

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

    public Task<BundleManifest> CreateAsync(string file, string[] images, string[] volumes, Stream? target = null) =>
        CreateAsync(file, new BundleOrder(images, volumes, ""), target);

    public async Task<BundleManifest> CreateAsync(string file, BundleOrder order, Stream? target = null)
    {
        await using Stream stream = target ?? File.Create(file);
        return await new BundleWriter(ImageDesk, Storage.Volumes, TimeProvider.System).WriteAsync(order, stream, new TransferProgress(), default);
    }

    public async Task<BundleReport> ImportAsync(string file, bool force = false)
    {
        using BundleFile bundle = await BundleFile.OpenAsync(file, default);
        await bundle.CheckAsync(new TransferProgress(), default);
        return await Importer.ImportAsync(bundle, new BundleImport("", force), new TransferProgress(), default);
    }

    public async ValueTask DisposeAsync()
    {
        await Images.DisposeAsync();
        await Storage.DisposeAsync();
        scratch.Dispose();
    }

    /// <summary>Notes the files that it is asked to take in.</summary>
    internal sealed class ClientListing : IClientDesk
    {
        public List<string> Files { get; } = [];

        public Task<IReadOnlyList<ClientMount>> AddAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
        {
            Files.AddRange(paths.SelectMany(Directory.GetFiles).Select(path => $"{Path.GetFileName(path)} {new FileInfo(path).Length}").Order());
            return ListAsync(cancellation);
        }

        public Task<IReadOnlyList<ClientMount>> ListAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<ClientMount>>([]);
    }
}
