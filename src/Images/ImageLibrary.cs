using Appliance.Images.Building;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Registries;
using Appliance.Images.Registries.Settings;
using Appliance.Images.Transfers;
using Appliance.Images.Transfers.Export;
using Appliance.Metadata;

namespace Appliance.Images;

/// <summary>Everything that keeps images, over one directory.</summary>
public sealed class ImageLibrary : IAsyncDisposable
{
    /// <summary>Within the data directory.</summary>
    public const string DirectoryName = "images";

    private readonly Func<IRunStep, ImageBuilds> makeBuilds;

    private ImageLibrary(Func<IRunStep, ImageBuilds> makeBuilds) => this.makeBuilds = makeBuilds;

    public required LayerStore Layers { get; init; }

    public required ImageDirectory Images { get; init; }

    public required ImagePins Pins { get; init; }

    public required ImageCollector Collector { get; init; }

    public required ImageImporter Importer { get; init; }

    public required ImageExporter Exporter { get; init; }

    public required ImagePuller Puller { get; init; }

    public required BaseImages Bases { get; init; }

    /// <summary>Builds; null until <see cref="StartBuilds"/>.</summary>
    public ImageBuilds? Builds { get; private set; }

    /// <summary>The Python that an image holds; null for none.</summary>
    public PythonFacts? FindPython(Image image) => PythonFacts.Find(Images.LowerDirectories(image));

    /// <summary>Makes builds possible.</summary>
    /// <param name="runner">Runs their commands.</param>
    public ImageBuilds StartBuilds(IRunStep runner) => Builds = makeBuilds(runner);

    /// <param name="directory">In the data directory. Made if need be, readable by its owner alone: it holds programs that act as root.</param>
    /// <param name="store">The metadata.</param>
    /// <param name="clock">Decides what has expired.</param>
    /// <param name="report">Told what went wrong in the background.</param>
    /// <param name="limits">Bounds of what is unpacked.</param>
    public static ImageLibrary Open(
        string directory, MetadataStore store, TimeProvider clock, Action<Exception> report, UnpackLimits? limits = null)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string spool = Path.Combine(directory, "incoming");
        SpooledFile.Sweep(spool);
        LayerStore layers = LayerStore.Open(Path.Combine(directory, "layers"), store, report, limits);
        var images = new ImageDirectory(directory, store, layers);
        var pins = new ImagePins(store);
        var bases = new BaseImages(images);
        ImageBuilds MakeBuilds(IRunStep runner)
        {
            BuildFiles files = BuildFiles.Open(Path.Combine(directory, "builds"), images.Empty);
            return new ImageBuilds(store, new ImageBuilder(bases, layers, pins, runner, files), files, clock, report);
        }

        return new ImageLibrary(MakeBuilds)
        {
            Bases = bases,
            Layers = layers,
            Images = images,
            Pins = pins,
            Collector = new ImageCollector(store, layers, pins, clock),
            Puller = new ImagePuller(
                images, layers, Path.Combine(directory, "downloads"), Path.Combine(Path.GetDirectoryName(Path.GetFullPath(directory))!, RegistriesFile.Name), clock),
            Importer = new ImageImporter(images, layers, spool),
            Exporter = new ImageExporter(images, pins),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (Builds is not null)
        {
            await Builds.DisposeAsync().ConfigureAwait(false);
        }

        await Layers.DisposeAsync().ConfigureAwait(false);
    }
}
