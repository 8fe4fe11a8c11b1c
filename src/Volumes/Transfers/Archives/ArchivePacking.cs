using System.IO.Compression;
using Appliance.Core.Errors;
using Appliance.Core.Streams;
using Appliance.Native.Compression;

namespace Appliance.Volumes.Transfers.Archives;

/// <summary>How archives are packed: seen by their first bytes when read, by the name of the file when written.</summary>
public static class ArchivePacking
{
    private const int MagicBytes = 6;
    private const int ZstdLevel = 3;

    /// <summary>Unpacks what it recognises; a plain archive passes as it is. Disposing it leaves the archive open.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: packed in a way that is not known here.</exception>
    public static async Task<Stream> UnpackAsync(Stream archive, CancellationToken cancellation)
    {
        byte[] magic = new byte[MagicBytes];
        int length = await archive.ReadAtLeastAsync(magic, MagicBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        var whole = new PrefixedStream(magic.AsMemory(0, length), archive);
        return magic switch
        {
            [0x1F, 0x8B, ..] => new GZipStream(whole, CompressionMode.Decompress),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => new ZstdReadStream(whole),
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => throw Unknown("xz"),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => throw Unknown("bzip2"),
            [(byte)'P', (byte)'K', ..] => throw Unknown("zip"),
            _ => whole,
        };
    }

    /// <summary>Packs what is written to it as the name asks for. Dispose it to finish; the target stays open.</summary>
    public static Stream Pack(string name, Stream target) =>
        name.EndsWith(".gz", StringComparison.Ordinal) || name.EndsWith(".tgz", StringComparison.Ordinal)
            ? new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true)
            : name.EndsWith(".zst", StringComparison.Ordinal) || name.EndsWith(".tzst", StringComparison.Ordinal)
                ? new ZstdWriteStream(target, ZstdLevel)
                : new UndisposedStream(target);

    /// <summary>Whether a name is one of an archive; any other is taken for a directory.</summary>
    public static bool IsArchiveName(string name) =>
        new[] { ".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst" }.Any(end => name.EndsWith(end, StringComparison.Ordinal));

    internal static ApplianceException Unreadable(Exception cause) => new(
        ErrorKind.InvalidArgument, $"The archive cannot be read: {cause.Message} It must be a tar file, plain or packed with gzip or zstd, and whole.", cause);

    private static ApplianceException Unknown(string packing) => new(
        ErrorKind.InvalidArgument, $"The archive is packed with {packing}: unpack it, or pack it with gzip or zstd.");
}
