using System.Globalization;

namespace Appliance.Volumes.Trees;

/// <summary>One version of a volume as directories on disk, which stay until this is disposed.</summary>
public sealed class VolumeView : IDisposable
{
    private Action? release;

    internal VolumeView(long version, IReadOnlyList<string> layers, Action release)
    {
        Version = version;
        Layers = layers;
        this.release = release;
    }

    public long Version { get; }

    /// <summary>Directories to be laid over each other, the uppermost first; at least one. Never write to them.</summary>
    public IReadOnlyList<string> Layers { get; }

    /// <summary>The layers' numbers, by which the view can be resumed.</summary>
    internal IReadOnlyList<long> LayerNumbers =>
        [.. Layers.Select(layer => long.Parse(Path.GetFileName(layer), CultureInfo.InvariantCulture))];

    public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
}
