namespace Appliance.Metadata;

/// <summary>Bounds of the metadata store. The defaults suit one machine; tests make them small.</summary>
public sealed record MetadataSettings
{
    /// <summary>Reads that run at the same time; more of them wait.</summary>
    public int ReaderCountMax { get; init; } = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Writes that wait for the writer; callers beyond this wait for a place.</summary>
    public int QueueLengthMax { get; init; } = 4_096;

    /// <summary>Writes that share one commit: bounds what one fsync covers and how long the first of them waits.</summary>
    public int GroupSizeMax { get; init; } = 256;

    /// <summary>How long a lock held by a foreign program is waited for.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
