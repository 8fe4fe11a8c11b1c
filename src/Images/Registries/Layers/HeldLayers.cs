using Appliance.Core.Digests;
using Appliance.Images.Layers;

namespace Appliance.Images.Registries.Layers;

/// <summary>The layers of an image that are here already, kept until it is whole; those below the first gap, and others that stand for themselves.</summary>
internal sealed class HeldLayers : IDisposable
{
    private readonly List<LayerHold> held = [];
    private List<string>? below = [];

    /// <summary>To be called for each layer, base first; false when it is not here.</summary>
    public bool TryAdd(LayerStore layers, Digest diffId)
    {
        // Above a gap nobody knows the names of those below, which only some layers depend on.
        LayerHold? hold = layers.TryHold(diffId, below ?? []);
        if (hold is null)
        {
            below = null;
            return false;
        }

        below?.Add(hold.Name);
        held.Add(hold);
        return true;
    }

    public void Dispose() => held.ForEach(hold => hold.Dispose());
}
