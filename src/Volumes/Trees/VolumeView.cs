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

    public void Dispose() => Interlocked.Exchange(ref release, null)?.Invoke();
}
