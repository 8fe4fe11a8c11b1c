using System.Globalization;
using System.Text;
using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>What a PAX header says of the entries after it, or of the next one: it replaces what their own headers say.</summary>
internal sealed class PaxRecords
{
    private const string SchilyAttribute = "SCHILY.xattr.";
    private const string ArchiveAttribute = "LIBARCHIVE.xattr.";

    private readonly Dictionary<string, byte[]> values = new(StringComparer.Ordinal);

    /// <summary>Pairs of GNU.sparse.offset and GNU.sparse.numbytes, which come as often as there are pieces.</summary>
    public List<TarPiece> Pieces { get; } = [];

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: the records are damaged.</exception>
    public void Add(ReadOnlySpan<byte> data, long position)
    {
        while (!data.IsEmpty)
        {
            int space = data.IndexOf((byte)' ');
            bool isRecord = space is > 0 and < 10
                && int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && length <= data.Length && length > space + 2 && data[length - 1] == '\n'
                && data[(space + 1)..(length - 1)].IndexOf((byte)'=') > 0;
            if (!isRecord)
            {
                throw ArchiveFault.At(position, "a PAX header is damaged");
            }

            length = int.Parse(data[..space], CultureInfo.InvariantCulture);
            ReadOnlySpan<byte> record = data[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            Add(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..], position);
            data = data[length..];
        }
    }

    public byte[]? Find(string key) => values.TryGetValue(key, out byte[]? value) && value.Length > 0 ? value : null;

    public long? FindNumber(string key, long position)
    {
        if (Find(key) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw ArchiveFault.At(position, $"'{key}' in a PAX header is no number");
    }

    public NodeTime? FindTime(string key, long position)
    {
        if (Find(key) is not { } text)
        {
            return null;
        }

        return TarNumbers.TryReadTime(text, out NodeTime time) ? time : throw ArchiveFault.At(position, $"'{key}' in a PAX header is no time");
    }

    public IReadOnlyList<TarAttribute> ListAttributes(long position)
    {
        List<TarAttribute> attributes = [];
        foreach ((string key, byte[] value) in values)
        {
            if (key.StartsWith(SchilyAttribute, StringComparison.Ordinal))
            {
                attributes.Add(new TarAttribute(key[SchilyAttribute.Length..], value));
            }
            else if (key.StartsWith(ArchiveAttribute, StringComparison.Ordinal) && !values.ContainsKey(SchilyAttribute + Name(key)))
            {
                attributes.Add(new TarAttribute(Name(key), Decode(value, position)));
            }
        }

        return attributes;
    }

    private static string Name(string key) => Uri.UnescapeDataString(key[ArchiveAttribute.Length..]);

    private static byte[] Decode(byte[] value, long position)
    {
        string text = Encoding.ASCII.GetString(value).TrimEnd('=');
        byte[] decoded = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), decoded, out int length)
            ? decoded[..length]
            : throw ArchiveFault.At(position, "an attribute in a PAX header is damaged");
    }

    private void Add(string key, ReadOnlySpan<byte> value, long position)
    {
        values[key] = value.ToArray();
        if (key == "GNU.sparse.numbytes" && FindNumber("GNU.sparse.offset", position) is { } offset)
        {
            Pieces.Add(new TarPiece(offset, FindNumber(key, position) ?? 0));
        }
    }
}
