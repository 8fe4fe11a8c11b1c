namespace Appliance.Images.Layers;

/// <summary>Who needs which layers now, beside the images that are made of them. It ends with the process.</summary>
internal sealed class LayerHolds
{
    private readonly object gate = new();
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> doomed = new(StringComparer.Ordinal);

    /// <summary>False when the layer is being removed.</summary>
    public bool TryAdd(string name)
    {
        lock (gate)
        {
            if (doomed.Contains(name))
            {
                return false;
            }

            counts[name] = counts.GetValueOrDefault(name) + 1;
            return true;
        }
    }

    public void Release(string name)
    {
        lock (gate)
        {
            if (--counts[name] == 0)
            {
                counts.Remove(name);
            }
        }
    }

    /// <summary>False when somebody holds the layer; afterwards nobody can until it is spared.</summary>
    public bool TryDoom(string name)
    {
        lock (gate)
        {
            return !counts.ContainsKey(name) && doomed.Add(name);
        }
    }

    public void Spare(string name)
    {
        lock (gate)
        {
            doomed.Remove(name);
        }
    }
}
