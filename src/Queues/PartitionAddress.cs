namespace Appliance.Queues;

/// <summary>One partition of one queue.</summary>
/// <param name="QueueId">As clients name it.</param>
/// <param name="Key">Of the partition.</param>
public readonly record struct PartitionAddress(string QueueId, PartitionKey Key);
