using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;

namespace Appliance.Images.Catalog;

/// <summary>Finds, makes and removes images.</summary>
public sealed class ImageDirectory
{
    private const string EmptyDirectoryName = "empty";

    private readonly MetadataStore store;
    private readonly LayerStore layers;
    private readonly string empty;

    /// <param name="directory">Where images are kept.</param>
    /// <param name="store">The metadata.</param>
    /// <param name="layers">Their layers.</param>
    public ImageDirectory(string directory, MetadataStore store, LayerStore layers)
    {
        this.store = store;
        this.layers = layers;
        empty = Path.Combine(directory, EmptyDirectoryName);
        Directory.CreateDirectory(empty);
    }

    /// <summary>Null when there is no image of that id.</summary>
    public Image? Find(ImageId id) => store.Read(read => ImageRows.Find(read, id.Text) is { } row ? Describe(read, row) : null);

    /// <exception cref="ApplianceException">NotFound.</exception>
    public Image Get(ImageId id) => Find(id) ?? throw NotFound(id.Text);

    /// <summary>As <see cref="Get"/>, but also finds a deleted image that somebody still holds (<see cref="ImagePins"/>).</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public Image GetHeld(ImageId id) =>
        store.Read(read => ImageRows.FindEvenRemoved(read, id.Text) is { } row ? Describe(read, row) : null) ?? throw NotFound(id.Text);

    /// <summary>The image that a reference stands for: "alpine:3.21" is "docker.io/library/alpine:3.21". Null when there is none.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it is no reference.</exception>
    public Image? Resolve(string reference)
    {
        ImageReference wanted = ImageReference.Read(reference);
        return store.Read(read => ImageTags.Find(read, wanted.Full) is { } key && ImageRows.Find(read, key) is { } row ? Describe(read, row) : null);
    }

    /// <summary>The directory that images without layers are made of.</summary>
    internal string Empty => empty;

    /// <summary>An id or a reference, as people type them.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it is neither. NotFound.</exception>
    public Image ResolveAny(string text) => ObjectId.TryRead(text, out ImageId id)
        ? Get(id)
        : Resolve(text) ?? throw new ApplianceException(
            ErrorKind.NotFound, $"Image '{text}' not found: 'appliance image list' shows those that are here.");

    /// <summary>All images, oldest first.</summary>
    public IReadOnlyList<Image> List() => store.Read(read => ImageRows.List(read).Select(row => Describe(read, row)).ToList());

    /// <summary>The references that stand for an image, in their full form.</summary>
    public IReadOnlyList<string> ListTags(ImageId id) =>
        store.Read(read => ImageRows.Find(read, id.Text) is { } row ? ImageTags.ListOfImage(read, row.Key) : []);

    /// <summary>The names under which an image was published, as "name:tag".</summary>
    public IReadOnlyList<string> ListNames(ImageId id) =>
        store.Read(read => ImageRows.Find(read, id.Text) is { } row ? ImageNames.ListOfImage(read, row.Key) : []);

    /// <summary>
    /// The directories whose union is the image's root file system, topmost first, as a mount of overlayfs lists them. At
    /// least one, none twice.
    /// </summary>
    public IReadOnlyList<string> LowerDirectories(Image image)
    {
        // A layer that occurs twice counts where it is on top; the kernel refuses to have one directory twice.
        string[] directories = [.. image.Layers.Reverse().Select(layer => layer.Name).Distinct(StringComparer.Ordinal).Select(layers.DirectoryOf)];
        return directories.Length == 0 ? [empty] : directories;
    }

    /// <summary>The directories of all layers, base first, each as often as the image has it.</summary>
    public IReadOnlyList<string> DirectoriesInOrder(Image image) => [.. image.Layers.Select(layer => layers.DirectoryOf(layer.Name))];

    /// <summary>Makes an image, or finds the one of the same definition; its tags stand for it from now on.</summary>
    /// <exception cref="ApplianceException">The storage failed.</exception>
    public Task<Image> CreateAsync(NewImage image, CancellationToken cancellation) =>
        store.WriteAsync(write => Create(write, image), cancellation);

    /// <summary>As <see cref="CreateAsync"/>, as a part of a transaction.</summary>
    public static Image Create(WriteTransaction write, NewImage image)
    {
        ImageRecord row = (image.Definition is { } definition ? ImageRows.FindByDefinition(write, definition) : null) ?? Add(write, image);
        foreach (ImageReference tag in image.Tags)
        {
            ImageTags.Set(write, tag.Full, row.Key);
        }

        return Describe(write, row);
    }

    /// <summary>Lets a reference stand for an image, in the place of another.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public Task TagAsync(ImageId id, ImageReference reference, CancellationToken cancellation) => store.WriteAsync(
        write => ImageTags.Set(write, reference.Full, (ImageRows.Find(write, id.Text) ?? throw NotFound(id.Text)).Key), cancellation);

    /// <summary>Takes a reference from the image that it stands for; the image stays. False when it stood for none.</summary>
    public Task<bool> UntagAsync(ImageReference reference, CancellationToken cancellation) =>
        store.WriteAsync(write => ImageTags.Remove(write, reference.Full), cancellation);

    /// <summary>
    /// The image is gone for clients at once, with its tags and names; its files go when nobody uses them. Layers that
    /// other images share stay.
    /// </summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public Task RemoveAsync(ImageId id, CancellationToken cancellation) => store.WriteAsync(
        write => Remove(write, ImageRows.Find(write, id.Text) ?? throw NotFound(id.Text)), cancellation);

    /// <summary>Sets when an image goes by itself; null for never.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public Task SetExpiryAsync(ImageId id, DateTimeOffset? expiresAt, CancellationToken cancellation) => store.WriteAsync(
        write => ImageRows.SetExpiry(write, (ImageRows.Find(write, id.Text) ?? throw NotFound(id.Text)).Key, expiresAt), cancellation);

    /// <summary>As <see cref="RemoveAsync"/>, as a part of a transaction; false when there is no such image.</summary>
    public static bool TryRemove(WriteTransaction write, ImageId id)
    {
        if (ImageRows.Find(write, id.Text) is not { } row)
        {
            return false;
        }

        Remove(write, row);
        return true;
    }

    internal static void Remove(WriteTransaction write, ImageRecord row)
    {
        ImageTags.RemoveOfImage(write, row.Key);
        ImageNames.RemoveOfImage(write, row.Key);
        ImageBuildRows.Remove(write, row.Id);
        ImageRows.MarkRemoved(write, row.Key);
    }

    internal static Image Describe(ReadTransaction read, ImageRecord row) => new(
        ImageId.FromText(row.Id),
        ImageJson.ReadStored(row.Config),
        ImageLayerRows.ListOfImage(read, row.Key),
        row.Definition,
        row.Origin,
        row.CreatedAt,
        row.ExpiresAt);

    internal static ApplianceException NotFound(string id) => new(
        ErrorKind.NotFound, $"Could not find image with ID '{id}': it was deleted, or never existed.");

    private static ImageRecord Add(WriteTransaction write, NewImage image)
    {
        var row = new ImageRecord(
            0,
            (image.Id ?? ObjectId.Mint<ImageId>()).Text,
            image.Definition,
            ImageJson.Write(image.Config),
            image.Origin,
            write.Now,
            image.ExpiresAt,
            null);
        row = row with { Key = ImageRows.Add(write, row) };
        for (int position = 0; position < image.Layers.Count; position++)
        {
            ImageLayerRows.AddUse(write, row.Key, position, image.Layers[position].Record.Key);
        }

        return row;
    }
}
