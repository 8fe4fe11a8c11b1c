using Appliance.Images.Catalog;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>What a build holds until it ends.</summary>
internal sealed class BuildResources(LayerStore layers, ImagePins pins) : IDisposable
{
    private readonly List<IDisposable> held = [];

    /// <summary>The layers of an image, base first, held.</summary>
    public IReadOnlyList<LayerHold> Hold(Image image)
    {
        held.Add(pins.Hold(image.Id));
        return [.. image.LayerNames.Select(name => Keep(layers.TryHold(name) ?? throw ImageDirectory.NotFound(image.Id.Text)))];
    }

    public T Keep<T>(T resource)
        where T : IDisposable
    {
        held.Add(resource);
        return resource;
    }

    public void Dispose()
    {
        held.Reverse();
        held.ForEach(one => one.Dispose());
        held.Clear();
    }
}
