using System.Globalization;
using System.Text;
using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>
/// Writes a tar archive in the PAX form. Names and attributes go out byte for byte; the same entries always give the same
/// bytes. The target stays open.
/// </summary>
public sealed class TarWriter(Stream target)
{
    private const int BlockBytes = TarInput.BlockBytes;
    private const long OctalMax = 0x1FFFFFFFF;
    private const uint OwnerMax = 0x1FFFFF;
    private const int NameMax = 100;

    private readonly byte[] zeros = new byte[BlockBytes * 2];
    private long dataLeft;
    private long padding;

    /// <summary>Begins an entry; exactly as many bytes as it says are to be written after it.</summary>
    public async ValueTask BeginAsync(TarEntry entry, CancellationToken cancellation)
    {
        byte[] extension = Extension(entry);
        if (extension.Length > 0)
        {
            var header = new TarEntry { Kind = TarKind.File, Name = "PaxHeaders/entry"u8.ToArray(), Mode = 0x1A4, SizeBytes = extension.Length };
            await target.WriteAsync(Header(header, (byte)'x'), cancellation).ConfigureAwait(false);
            await target.WriteAsync(extension, cancellation).ConfigureAwait(false);
            await PadAsync(PaddingOf(extension.Length), cancellation).ConfigureAwait(false);
        }

        await target.WriteAsync(Header(entry, Letter(entry.Kind)), cancellation).ConfigureAwait(false);
        dataLeft = entry.Kind == TarKind.File ? entry.SizeBytes : 0;
        padding = PaddingOf(dataLeft);
    }

    /// <summary>Some of the data of the entry that was begun.</summary>
    public async ValueTask WriteDataAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await target.WriteAsync(data, cancellation).ConfigureAwait(false);
        dataLeft -= data.Length;
        if (dataLeft == 0)
        {
            await PadAsync(padding, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>An entry with all of its data.</summary>
    public async ValueTask WriteAsync(TarEntry entry, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await BeginAsync(entry with { SizeBytes = data.Length }, cancellation).ConfigureAwait(false);
        if (!data.IsEmpty)
        {
            await WriteDataAsync(data, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the end mark.</summary>
    public ValueTask EndAsync(CancellationToken cancellation) => target.WriteAsync(zeros, cancellation);

    private static long PaddingOf(long length) => (BlockBytes - (length % BlockBytes)) % BlockBytes;

    private ValueTask PadAsync(long count, CancellationToken cancellation) => target.WriteAsync(zeros.AsMemory(0, (int)count), cancellation);

    private static byte Letter(TarKind kind) => kind switch
    {
        TarKind.File => (byte)'0',
        TarKind.HardLink => (byte)'1',
        TarKind.SymbolicLink => (byte)'2',
        TarKind.CharacterDevice => (byte)'3',
        TarKind.BlockDevice => (byte)'4',
        TarKind.Directory => (byte)'5',
        _ => (byte)'6',
    };

    /// <summary>What does not fit into the old header.</summary>
    private static byte[] Extension(TarEntry entry)
    {
        using var records = new MemoryStream();
        if (entry.Name.Length > NameMax)
        {
            Add(records, "path", entry.Name);
        }

        if (entry.LinkName.Length > NameMax)
        {
            Add(records, "linkpath", entry.LinkName);
        }

        if (entry.ModifiedAt.Nanoseconds != 0 || entry.ModifiedAt.Seconds is < 0 or > OctalMax)
        {
            Add(records, "mtime", Encoding.ASCII.GetBytes(Decimal(entry.ModifiedAt)));
        }

        AddNumber(records, "size", entry.SizeBytes, OctalMax);
        AddNumber(records, "uid", entry.User, OwnerMax);
        AddNumber(records, "gid", entry.Group, OwnerMax);
        foreach (TarAttribute attribute in entry.Attributes)
        {
            Add(records, "SCHILY.xattr." + attribute.Key, attribute.Value);
        }

        return records.ToArray();
    }

    private static string Decimal(NodeTime time)
    {
        bool isBefore = time.Seconds < 0 && time.Nanoseconds > 0;
        long seconds = isBefore ? time.Seconds + 1 : time.Seconds;
        int rest = isBefore ? 1_000_000_000 - time.Nanoseconds : time.Nanoseconds;
        string sign = isBefore && seconds == 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{seconds}.{rest:D9}").TrimEnd('0').TrimEnd('.');
    }

    private static void AddNumber(MemoryStream records, string key, long value, long max)
    {
        if (value > max)
        {
            Add(records, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    // A record begins with its own length, whose digits count.
    private static void Add(MemoryStream records, string key, ReadOnlySpan<byte> value)
    {
        int rest = Encoding.UTF8.GetByteCount(key) + value.Length + 3;
        int length = rest + 1;
        while (rest + length.ToString(CultureInfo.InvariantCulture).Length != length)
        {
            length = rest + length.ToString(CultureInfo.InvariantCulture).Length;
        }

        records.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")));
        records.Write(value);
        records.WriteByte((byte)'\n');
    }

    private static byte[] Header(TarEntry entry, byte letter)
    {
        byte[] block = new byte[BlockBytes];
        entry.Name.AsSpan(0, Math.Min(entry.Name.Length, NameMax)).CopyTo(block);
        Octal(block.AsSpan(100, 8), entry.Mode);
        Octal(block.AsSpan(108, 8), Math.Min(entry.User, OwnerMax));
        Octal(block.AsSpan(116, 8), Math.Min(entry.Group, OwnerMax));
        Octal(block.AsSpan(124, 12), entry.SizeBytes > OctalMax ? 0 : entry.SizeBytes);
        Octal(block.AsSpan(136, 12), Math.Clamp(entry.ModifiedAt.Seconds, 0, OctalMax));
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = letter;
        entry.LinkName.AsSpan(0, Math.Min(entry.LinkName.Length, NameMax)).CopyTo(block.AsSpan(157));
        "ustar\u000000"u8.CopyTo(block.AsSpan(257));
        Octal(block.AsSpan(329, 8), entry.Device.Major);
        Octal(block.AsSpan(337, 8), entry.Device.Minor);
        long sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Octal(block.AsSpan(148, 7), sum);
        return block;
    }

    private static void Octal(Span<byte> field, long value)
    {
        for (int index = field.Length - 2; index >= 0; index--)
        {
            field[index] = (byte)('0' + (value & 7));
            value >>= 3;
        }

        field[^1] = 0;
    }
}
