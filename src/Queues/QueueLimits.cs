namespace Appliance.Queues;

/// <summary>The bounds that clients are told of in the documentation of their Queue class (contracts/modal.md §6).</summary>
public static class QueueLimits
{
    /// <summary>Items that a partition holds at a time.</summary>
    public const int ItemsPerPartitionMax = 5_000;

    /// <summary>Partitions of a queue that hold items at a time.</summary>
    public const int PartitionsMax = 100_000;

    /// <summary>Length of one item.</summary>
    public const int ItemBytesMax = 1024 * 1024;

    /// <summary>Length of a partition's key; the default partition has an empty one.</summary>
    public const int KeyBytesMax = 64;

    /// <summary>How long a partition may live after the latest put.</summary>
    public static readonly TimeSpan LifeMax = TimeSpan.FromDays(7);

    /// <summary>Bytes of items in one answer, well below what clients take as a message; the first item always fits.</summary>
    public const long AnswerBytesMax = 64L * 1024 * 1024;
}
