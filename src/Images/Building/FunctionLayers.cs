using Appliance.Images.Catalog;
using Appliance.Images.Layers;

namespace Appliance.Images.Building;

/// <summary>What an image is made of that a function has run in.</summary>
/// <param name="Config">Of the image below.</param>
/// <param name="Layers">Base first; the last is what the function changed.</param>
public sealed record FunctionLayers(ImageConfig Config, IReadOnlyList<LayerHold> Layers) : IDisposable
{
    public void Dispose()
    {
        foreach (LayerHold layer in Layers)
        {
            layer.Dispose();
        }
    }
}
