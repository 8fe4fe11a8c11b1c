namespace Appliance.Metadata.Queues;

/// <summary>One partition of one generation of a queue.</summary>
/// <param name="Partition">Its number, never used twice.</param>
/// <param name="Generation">What it is a part of.</param>
/// <param name="FirstEntry">The entry that is taken next; those before it were taken.</param>
/// <param name="NextEntry">The entry that will be put next.</param>
/// <param name="SweptEntry">Entries before it were taken before the latest sweep.</param>
/// <param name="ExpiresAt">When the items that it holds are gone.</param>
public sealed record QueuePartitionRecord(
    long Partition, long Generation, long FirstEntry, long NextEntry, long SweptEntry, DateTimeOffset ExpiresAt)
{
    /// <summary>How many items can be taken at a moment.</summary>
    public long CountAt(DateTimeOffset now) => ExpiresAt > now ? NextEntry - FirstEntry : 0;
}
