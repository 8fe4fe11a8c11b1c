using Appliance.Core.Errors;
using Appliance.Native.Files;

namespace Appliance.Images.Layers;

/// <summary>Ends a layer before it fills the disk, which would stop everything else that runs here.</summary>
internal sealed class DiskRoom(string directory, long reserveBytes)
{
    private const long IntervalBytes = 64L << 20;
    private const int IntervalEntries = 20_000;

    private long bytes;
    private int entries;

    /// <exception cref="ApplianceException">ResourceExhausted.</exception>
    public void Ensure(long neededBytes = 0)
    {
        long free = DiskSpace.Of(directory).FreeBytes;
        if (free < reserveBytes + neededBytes)
        {
            throw new ApplianceException(
                ErrorKind.ResourceExhausted,
                $"The disk of '{directory}' has only {free >> 20} MiB left: the layer was given up. 'appliance system prune' gives back what is of no use.");
        }
    }

    public void Added(long count)
    {
        bytes += count;
        if (bytes >= IntervalBytes)
        {
            bytes = 0;
            Ensure();
        }
    }

    public void AddedEntry()
    {
        if (++entries % IntervalEntries == 0)
        {
            Ensure();
        }
    }
}
