using Appliance.Metadata.Images;

namespace Appliance.Images.Layers;

/// <summary>A layer that stays until this is disposed, or as long as an image is made of it.</summary>
public sealed class LayerHold : IDisposable
{
    private readonly LayerHolds holds;
    private int isDisposed;

    internal LayerHold(LayerHolds holds, ImageLayerRecord record, string directory)
    {
        this.holds = holds;
        Record = record;
        Directory = directory;
    }

    /// <summary>The layer's name, which is that of its directory.</summary>
    public string Name => Record.Name;

    /// <summary>Where it lies, in the form in which a union file system takes it.</summary>
    public string Directory { get; }

    public ImageLayerRecord Record { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) == 0)
        {
            holds.Release(Name);
        }
    }
}
