using System.IO.Compression;
using Appliance.Core.Errors;
using Appliance.Core.Streams;
using Appliance.Native.Compression;

namespace Appliance.Images.Layers.Reading;

/// <summary>How archives are packed, seen by their first bytes.</summary>
internal static class Packing
{
    private const int MagicBytes = 6;
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Unpacks what it recognises; a plain archive passes as it is. Disposing it leaves the archive open.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: packed in a way that is not known here.</exception>
    public static async Task<Stream> UnpackAsync(Stream archive, CancellationToken cancellation)
    {
        byte[] magic = new byte[MagicBytes];
        int length = await archive.ReadAtLeastAsync(magic, MagicBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        var whole = new PrefixedStream(magic.AsMemory(0, length), archive);
        return magic switch
        {
            // Buffered, because it asks for 8 KiB at a time.
            [0x1F, 0x8B, ..] => new GZipStream(new BufferedStream(whole, BufferBytes), CompressionMode.Decompress),
            [0x28, 0xB5, 0x2F, 0xFD, ..] => new ZstdReadStream(whole),
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => throw Unknown("xz"),
            [(byte)'B', (byte)'Z', (byte)'h', ..] => throw Unknown("bzip2"),
            [(byte)'P', (byte)'K', ..] => throw Unknown("zip"),
            _ => whole,
        };
    }

    private static ApplianceException Unknown(string packing) => new(
        ErrorKind.InvalidArgument, $"The archive is packed with {packing}: unpack it, or pack it with gzip or zstd.");
}
