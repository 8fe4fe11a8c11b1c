using System.Text;

namespace Appliance.Native.Directories;

/// <summary>
/// One name in a directory, byte for byte: file systems know no encoding. Never empty, never '.' or '..', without slash
/// and zero byte, at most 255 bytes long.
/// </summary>
public readonly struct NodeName : IEquatable<NodeName>
{
    public const int LengthMax = 255;

    private readonly byte[] terminated;

    private NodeName(byte[] terminated) => this.terminated = terminated;

    /// <summary>The bytes as they lie on the disk.</summary>
    public ReadOnlySpan<byte> Bytes => terminated.AsSpan(0, terminated.Length - 1);

    /// <summary>The bytes and a zero, as the C library wants them.</summary>
    internal ReadOnlySpan<byte> Terminated => terminated;

    public static NodeName Of(string text) => TryRead(Encoding.UTF8.GetBytes(text), out NodeName name)
        ? name
        : throw new ArgumentException($"'{text}' is no name of a file.", nameof(text));

    /// <summary>False for what cannot be a name, or would lead elsewhere.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NodeName name)
    {
        bool isName = bytes.Length is > 0 and <= LengthMax
            && !bytes.SequenceEqual("."u8) && !bytes.SequenceEqual(".."u8) && bytes.IndexOfAny((byte)'/', (byte)0) < 0;
        name = default;
        if (isName)
        {
            byte[] terminated = new byte[bytes.Length + 1];
            bytes.CopyTo(terminated);
            name = new NodeName(terminated);
        }

        return isName;
    }

    public bool Equals(NodeName other) => Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? other) => other is NodeName name && Equals(name);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    public static bool operator ==(NodeName left, NodeName right) => left.Equals(right);

    public static bool operator !=(NodeName left, NodeName right) => !left.Equals(right);
}
