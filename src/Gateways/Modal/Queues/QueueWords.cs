using Appliance.Core.Errors;
using Appliance.Gateways.Modal.Objects;
using Appliance.Metadata.Objects;
using Appliance.Protos.Modal;
using Appliance.Queues;
using Google.Protobuf;

namespace Appliance.Gateways.Modal.Queues;

/// <summary>From the protocol's words for queues to the appliance's, and back.</summary>
internal static class QueueWords
{
    // Clients ask for slices of at most 50 s (contracts/modal.md §6).
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static PartitionAddress ToAddress(string queueId, ByteString key) => new(queueId, PartitionKey.Read(key.Memory));

    /// <summary>How long to wait; a time that has passed already, as clients send, means not at all.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no number.</exception>
    public static TimeSpan ToWait(float seconds) => float.IsNaN(seconds)
        ? throw new ApplianceException(ErrorKind.InvalidArgument, "The timeout is not a number.")
        : TimeSpan.FromSeconds(Math.Clamp(seconds, 0, LongestWait.TotalSeconds));

    /// <exception cref="ApplianceException">InvalidArgument: less than a second, or more than a partition may live.</exception>
    public static TimeSpan ToLife(QueuePutRequest request)
    {
        var life = TimeSpan.FromSeconds(request.PartitionTtlSeconds);
        return life > TimeSpan.Zero && life <= QueueLimits.LifeMax
            ? life
            : throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Partition TTL must be between 1 second and 7 days ({QueueLimits.LifeMax.TotalSeconds:0} seconds); it is {request.PartitionTtlSeconds}.");
    }

    /// <exception cref="ApplianceException">TooLarge: an item. InvalidArgument: more items than ever fit.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ToValues(QueuePutRequest request)
    {
        if (request.Values.Count > QueueLimits.ItemsPerPartitionMax)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"A queue partition holds at most {QueueLimits.ItemsPerPartitionMax} items, so {request.Values.Count} cannot be put at once.");
        }

        var values = new ReadOnlyMemory<byte>[request.Values.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = request.Values[index].Memory;
            if (values[index].Length > QueueLimits.ItemBytesMax)
            {
                throw new ApplianceException(
                    ErrorKind.TooLarge,
                    $"Queue item {index} has {values[index].Length} bytes; an item may have at most {QueueLimits.ItemBytesMax}.");
            }
        }

        return values;
    }

    /// <exception cref="ApplianceException">InvalidArgument: less than one.</exception>
    public static int ToCount(int valueCount) => valueCount > 0
        ? valueCount
        : throw new ApplianceException(ErrorKind.InvalidArgument, $"n_values must be at least 1; it is {valueCount}.");

    public static QueueMetadata ToMetadata(ObjectRecord record) =>
        new() { Name = record.Name ?? string.Empty, CreationInfo = ObjectCalls.ToCreationInfo(record) };
}
