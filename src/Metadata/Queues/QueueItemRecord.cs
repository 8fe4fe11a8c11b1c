using Appliance.Metadata.Values;

namespace Appliance.Metadata.Queues;

/// <param name="Entry">Rises within a partition, also over its being cleared.</param>
/// <param name="Value">What was put.</param>
public readonly record struct QueueItemRecord(long Entry, StoredValue Value);
