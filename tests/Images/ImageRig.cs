using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Images;

/// <summary>Images over a real database and disk, without a server. May be closed and opened again.</summary>
internal sealed class ImageRig : IAsyncDisposable
{
    private readonly TestDirectory directory = new();
    private readonly List<Exception> reports = [];
    private readonly UnpackLimits? limits;

    private ImageRig(UnpackLimits? limits) => this.limits = limits;

    public MetadataStore Store { get; private set; } = null!;

    public ImageLibrary Library { get; private set; } = null!;

    public LayerStore Layers => Library.Layers;

    public ImageDirectory Images => Library.Images;

    public string Path => directory.Path;

    public string LayersPath => System.IO.Path.Combine(Path, "images", "layers");

    public static async Task<ImageRig> OpenAsync(UnpackLimits? limits = null)
    {
        var rig = new ImageRig(limits);
        await rig.OpenPartsAsync();
        return rig;
    }

    /// <summary>Closes everything and opens it again, as a restart does.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenPartsAsync();
    }

    public Task<LayerHold> UnpackAsync(TarBuilder tar, params string[] below) => UnpackAsync(tar.ToArray(), below);

    public Task<LayerHold> UnpackAsync(byte[] tar, params string[] below) =>
        Layers.UnpackAsync(new LayerArchive(new MemoryStream(tar)), below, default);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();

        // Names that are no UTF-8 are beyond what .NET can delete.
        await Shell.RunAsync($"rm -rf '{Path}'/*");
        directory.Dispose();
        Assert.Empty(reports);
    }

    private async Task OpenPartsAsync()
    {
        Store = await MetadataStore.OpenAsync(Path, TimeProvider.System);
        Library = ImageLibrary.Open(System.IO.Path.Combine(Path, "images"), Store, TimeProvider.System, reports.Add, limits);
    }

    private async Task CloseAsync()
    {
        await Library.DisposeAsync();
        await Store.DisposeAsync();
    }
}
