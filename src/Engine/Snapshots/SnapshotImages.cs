using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Images;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Metadata;
using Appliance.Metadata.Images;
using Appliance.Metadata.Snapshots;
using Appliance.Metadata.Transactions;

namespace Appliance.Engine.Snapshots;

/// <summary>Makes images of what containers wrote.</summary>
public sealed class SnapshotImages(MetadataStore store, ImageLibrary library)
{
    /// <summary>The image that a call made before; null when the call is new.</summary>
    public ImageId? Find(TaskId task, string snapshotId) => store.Read(read => SnapshotRows.Find(read, task, snapshotId));

    /// <summary>Makes an image of another one and a layer on it.</summary>
    /// <param name="below">Held by the caller.</param>
    /// <param name="changes">What comes on it.</param>
    /// <param name="life">How long it stays; null for ever.</param>
    /// <param name="note">Is a part of the transaction.</param>
    /// <exception cref="ApplianceException">NotFound: the image below.</exception>
    public async Task<ImageId> AddOnAsync(ImageId below, LayerHold changes, TimeSpan? life, Action<WriteTransaction, ImageId> note)
    {
        Image image = library.Images.GetHeld(below);
        List<LayerHold> layers = [];
        try
        {
            foreach (string name in image.LayerNames)
            {
                layers.Add(library.Layers.TryHold(name)
                    ?? throw new ApplianceException(ErrorKind.NotFound, $"Image '{below}' was deleted: no image can be made on it."));
            }

            return await AddAsync(image.Config, [.. layers, changes], life, note);
        }
        finally
        {
            layers.ForEach(layer => layer.Dispose());
        }
    }

    /// <summary>Makes an image of layers.</summary>
    public Task<ImageId> AddAsync(
        ImageConfig config, IReadOnlyList<LayerHold> baseFirst, TimeSpan? life, Action<WriteTransaction, ImageId> note) =>
        store.WriteAsync(write =>
        {
            var wanted = new NewImage(config, baseFirst, ImageOrigin.Snapshot) { ExpiresAt = life is { } time ? write.Now + time : null };
            ImageId made = ImageDirectory.Create(write, wanted).Id;
            note(write, made);
            return made;
        });

    /// <summary>Notes by which call an image was made, and under which key.</summary>
    public static Action<WriteTransaction, ImageId> Note(TaskId task, SnapshotRequest request) => (write, image) =>
    {
        SnapshotRows.Add(write, task, request.Id, image);
        if (request.Key is { } key)
        {
            ImageKeys.Set(write, image, key.Span);
        }
    };
}
