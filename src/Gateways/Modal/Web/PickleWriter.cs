using System.Buffers.Binary;
using System.Text;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Writes plain values in Python's pickle format, protocol 3: what a web request's arguments are made of. A container
/// understands it whatever is installed in it.
/// </summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream output = new();

    public PickleWriter() => output.Write([0x80, 3]);

    /// <summary>All that was written, as one value.</summary>
    public byte[] Finish()
    {
        output.WriteByte((byte)'.');
        return output.ToArray();
    }

    public PickleWriter None() => Code('N');

    public PickleWriter Number(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Code('J').Raw(bytes);
    }

    public PickleWriter Text(string value) => Sized('X', Encoding.UTF8.GetBytes(value));

    public PickleWriter Bytes(ReadOnlySpan<byte> value) => Sized('B', value);

    /// <summary>Begins a tuple, a list's items or a dictionary's pairs; what follows belongs to it until its end.</summary>
    public PickleWriter Begin() => Code('(');

    public PickleWriter EndTuple() => Code('t');

    public PickleWriter BeginList() => Code(']').Begin();

    public PickleWriter EndList() => Code('e');

    /// <summary>Pairs follow: a key, a value, and so on.</summary>
    public PickleWriter BeginDictionary() => Code('}').Begin();

    public PickleWriter EndDictionary() => Code('u');

    private PickleWriter Sized(char code, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Code(code).Raw(length).Raw(bytes);
    }

    private PickleWriter Code(char code)
    {
        output.WriteByte((byte)code);
        return this;
    }

    private PickleWriter Raw(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        return this;
    }
}
