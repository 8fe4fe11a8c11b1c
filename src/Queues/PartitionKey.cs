using Appliance.Core.Errors;

namespace Appliance.Queues;

/// <summary>Names a partition within its queue: bytes that compare as such. The default partition's are none.</summary>
public readonly struct PartitionKey : IEquatable<PartitionKey>
{
    private readonly ReadOnlyMemory<byte> bytes;

    private PartitionKey(ReadOnlyMemory<byte> bytes) => this.bytes = bytes;

    public ReadOnlySpan<byte> Span => bytes.Span;

    /// <exception cref="ApplianceException">InvalidArgument: too long.</exception>
    public static PartitionKey Read(ReadOnlyMemory<byte> bytes) => bytes.Length <= QueueLimits.KeyBytesMax
        ? new PartitionKey(bytes)
        : throw new ApplianceException(
            ErrorKind.InvalidArgument,
            $"Queue partition key must be between 1 and {QueueLimits.KeyBytesMax} bytes; this one has {bytes.Length}.");

    public bool Equals(PartitionKey other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? other) => other is PartitionKey key && Equals(key);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>For messages: the default partition, the key as text, or its bytes in hexadecimal.</summary>
    public override string ToString()
    {
        if (bytes.IsEmpty)
        {
            return "the default partition";
        }

        foreach (byte letter in Span)
        {
            if (letter is < 0x20 or > 0x7e)
            {
                return $"partition 0x{Convert.ToHexStringLower(Span)}";
            }
        }

        return $"partition '{System.Text.Encoding.ASCII.GetString(Span)}'";
    }
}
