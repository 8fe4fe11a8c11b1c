using Appliance.Native.Directories;

namespace Appliance.Images.Archives;

/// <summary>
/// Reads a tar archive from its beginning to its end: ustar, PAX and GNU forms, long names, extended attributes, files
/// with holes. Names and attributes are bytes, as in the archive. Everything is bounded but the number of entries.
/// </summary>
public sealed class TarReader(Stream source)
{
    private const int ExtensionBytesMax = 4 * 1024 * 1024;

    private readonly TarInput input = new(source);
    private readonly PaxRecords globals = new();
    private long dataLeft;
    private long padding;

    /// <summary>Where in the archive the reader is, for those who come back to an entry's data.</summary>
    public long Position => input.Position;

    /// <summary>How many stored bytes of the present entry are not read yet.</summary>
    public long StoredBytes => dataLeft;

    /// <summary>Whether the end was marked as such, not just where the bytes end.</summary>
    public bool HasEndMark { get; private set; }

    /// <summary>The next entry; null after the last one. What is left of the data of the one before is passed over.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: what is wrong with the archive, and where.</exception>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken cancellation)
    {
        var extension = new PaxRecords();
        byte[]? longName = null;
        byte[]? longLink = null;
        while (true)
        {
            await input.SkipAsync(dataLeft + padding, cancellation).ConfigureAwait(false);
            dataLeft = padding = 0;
            if (await input.TakeBlockAsync(cancellation).ConfigureAwait(false) is not { } block)
            {
                return null;
            }

            if (!block.Span.ContainsAnyExcept((byte)0))
            {
                HasEndMark = true;
                await input.DrainAsync(cancellation).ConfigureAwait(false);
                return null;
            }

            TarHeader header = TarHeader.Read(block.Span, input.Position - TarInput.BlockBytes);
            switch (header.Type)
            {
                case (byte)'x' or (byte)'X':
                    extension.Add(await TakeExtensionAsync(header, cancellation).ConfigureAwait(false), input.Position);
                    break;
                case (byte)'g':
                    globals.Add(await TakeExtensionAsync(header, cancellation).ConfigureAwait(false), input.Position);
                    break;
                case (byte)'L':
                    longName = Trim(await TakeExtensionAsync(header, cancellation).ConfigureAwait(false));
                    break;
                case (byte)'K':
                    longLink = Trim(await TakeExtensionAsync(header, cancellation).ConfigureAwait(false));
                    break;
                case (byte)'V':
                    SetData(header.SizeBytes, header.SizeBytes);
                    break;
                default:
                    header = header with { Name = longName ?? header.Name, LinkName = longLink ?? header.LinkName };
                    return await ReadEntryAsync(header, block.ToArray(), extension, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Some of the present entry's stored bytes; 0 when there are no more.</summary>
    public async ValueTask<int> ReadDataAsync(Memory<byte> target, CancellationToken cancellation)
    {
        if (dataLeft == 0)
        {
            return 0;
        }

        int read = await input.ReadAsync(target[..(int)Math.Min(target.Length, dataLeft)], cancellation).ConfigureAwait(false);
        dataLeft -= read;
        return read;
    }

    private static byte[] Trim(byte[] text) => text.AsSpan().TrimEnd((byte)0).ToArray();

    private async ValueTask<byte[]> TakeExtensionAsync(TarHeader header, CancellationToken cancellation)
    {
        if (header.SizeBytes is < 0 or > ExtensionBytesMax)
        {
            throw ArchiveFault.At(input.Position, $"an extended header claims to be {header.SizeBytes} bytes long");
        }

        byte[] data = new byte[header.SizeBytes];
        await input.ReadExactlyAsync(data, cancellation).ConfigureAwait(false);
        await input.SkipAsync(PaddingOf(header.SizeBytes), cancellation).ConfigureAwait(false);
        return data;
    }

    private async ValueTask<TarEntry> ReadEntryAsync(TarHeader header, byte[] block, PaxRecords extension, CancellationToken cancellation)
    {
        long at = input.Position - TarInput.BlockBytes;
        byte[] name = extension.Find("GNU.sparse.name") ?? Find(extension, "path") ?? header.Name;
        var entry = new TarEntry
        {
            Kind = TarKinds.Of(header.Type, name, at),
            Name = name,
            LinkName = Find(extension, "linkpath") ?? header.LinkName,
            Mode = header.Mode,
            User = Owner(extension.FindNumber("uid", at) ?? globals.FindNumber("uid", at) ?? header.User, at),
            Group = Owner(extension.FindNumber("gid", at) ?? globals.FindNumber("gid", at) ?? header.Group, at),
            ModifiedAt = extension.FindTime("mtime", at) ?? globals.FindTime("mtime", at) ?? new NodeTime(header.ModifiedAt, 0),
            Device = header.Device,
            Attributes = extension.ListAttributes(at),
        };
        if (entry.Kind != TarKind.File)
        {
            // Only directories of old dumps have data, which nobody wants; what links say of a length means nothing.
            long dumped = entry.Kind == TarKind.Directory ? header.SizeBytes : 0;
            SetData(dumped, dumped);
            return entry;
        }

        long storedBytes = extension.FindNumber("size", at) ?? header.SizeBytes;
        SetData(storedBytes, storedBytes);
        return await AddPiecesAsync(entry with { SizeBytes = storedBytes }, header.Type, block, extension, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<TarEntry> AddPiecesAsync(
        TarEntry entry, byte type, byte[] block, PaxRecords extension, CancellationToken cancellation)
    {
        IReadOnlyList<TarPiece> pieces;
        long? sizeBytes = extension.FindNumber("GNU.sparse.realsize", Position) ?? extension.FindNumber("GNU.sparse.size", Position);
        if (type == 'S')
        {
            (pieces, sizeBytes) = await SparsePieces.ReadOldAsync(block, input, cancellation).ConfigureAwait(false);
        }
        else if (extension.Find("GNU.sparse.major") is [(byte)'1'])
        {
            (pieces, long taken) = await SparsePieces.ReadBlocksAsync(input, cancellation).ConfigureAwait(false);
            dataLeft -= taken;
        }
        else if (extension.Find("GNU.sparse.map") is { } map)
        {
            pieces = SparsePieces.ReadText(map, Position);
        }
        else if (extension.Pieces.Count > 0)
        {
            pieces = extension.Pieces;
        }
        else
        {
            return entry;
        }

        SparsePieces.Check(pieces, sizeBytes ?? entry.SizeBytes, dataLeft, Position);
        return entry with { SizeBytes = sizeBytes ?? entry.SizeBytes, Pieces = pieces };
    }

    private byte[]? Find(PaxRecords extension, string key) => extension.Find(key) ?? globals.Find(key);

    private void SetData(long lengthBytes, long paddedBytes)
    {
        if (lengthBytes < 0)
        {
            throw ArchiveFault.At(input.Position, "a header has a negative length");
        }

        dataLeft = lengthBytes;
        padding = PaddingOf(paddedBytes);
    }

    private static long PaddingOf(long lengthBytes) => (TarInput.BlockBytes - (lengthBytes % TarInput.BlockBytes)) % TarInput.BlockBytes;

    private static uint Owner(long number, long position) => number is >= 0 and < uint.MaxValue
        ? (uint)number
        : throw ArchiveFault.At(position, $"there is no owner of number {number}");
}
