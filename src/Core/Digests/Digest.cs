using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Appliance.Core.Digests;

/// <summary>A SHA-256 value: 32 bytes, printed as 64 lower-case hexadecimal digits.</summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    public const int LengthBytes = 32;

    private readonly Bytes bytes;

    private Digest(ReadOnlySpan<byte> value) => value.CopyTo(bytes);

    /// <summary>The digest of no bytes at all; an all-zero block is stored under it (contracts/modal.md §6).</summary>
    public static Digest OfNothing { get; } = Of([]);

    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> value = stackalloc byte[LengthBytes];
        SHA256.HashData(content, value);
        return new Digest(value);
    }

    /// <exception cref="ArgumentException">The value is not 32 bytes long.</exception>
    public static Digest FromBytes(ReadOnlySpan<byte> value) => value.Length == LengthBytes
        ? new Digest(value)
        : throw new ArgumentException($"A SHA-256 value has {LengthBytes} bytes, not {value.Length}.", nameof(value));

    public static bool TryReadHex([NotNullWhen(true)] string? text, out Digest digest)
    {
        Span<byte> value = stackalloc byte[LengthBytes];
        bool isDigest = text is { Length: LengthBytes * 2 }
            && Convert.FromHexString(text, value, out _, out _) == System.Buffers.OperationStatus.Done;
        digest = isDigest ? new Digest(value) : default;
        return isDigest;
    }

    public void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)bytes).CopyTo(destination);

    public byte[] ToArray() => ((ReadOnlySpan<byte>)bytes).ToArray();

    public bool Equals(Digest other) => ((ReadOnlySpan<byte>)bytes).SequenceEqual(other.bytes);

    /// <summary>For digests of secrets: takes the same time wherever the two differ.</summary>
    public bool EqualsInConstantTime(Digest other) => CryptographicOperations.FixedTimeEquals(bytes, other.bytes);

    public override bool Equals(object? other) => other is Digest digest && Equals(digest);

    // The value is already uniformly distributed, so any four bytes make a good hash.
    public override int GetHashCode() => BinaryPrimitives.ReadInt32LittleEndian(bytes);

    public int CompareTo(Digest other) => ((ReadOnlySpan<byte>)bytes).SequenceCompareTo(other.bytes);

    public override string ToString() => Convert.ToHexStringLower(bytes);

    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    [InlineArray(LengthBytes)]
    private struct Bytes
    {
        private byte first;
    }
}
