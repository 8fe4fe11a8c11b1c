using Appliance.Metadata.Volumes;

namespace Appliance.Volumes.Reading;

/// <summary>One version of a volume, which stays readable until this is disposed.</summary>
public sealed class VersionPin : IDisposable
{
    private VersionPins? pins;

    internal VersionPin(VersionPins pins, VolumeRecord volume)
    {
        this.pins = pins;
        Volume = volume;
    }

    /// <summary>Its head is the pinned version.</summary>
    public VolumeRecord Volume { get; }

    public void Dispose() => Interlocked.Exchange(ref pins, null)?.Release(Volume);
}
