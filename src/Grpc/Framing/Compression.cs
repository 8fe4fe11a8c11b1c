using System.Buffers;
using System.IO.Compression;

namespace Grpc.Framing;

/// <summary>The message encodings of gRPC: gzip, and deflate in its zlib form.</summary>
internal static class Compression
{
    public const string Identity = "identity";

    private const int ChunkBytes = 81920;

    public static readonly string[] Names = [Identity, "gzip", "deflate"];

    /// <summary>What the accept header says.</summary>
    public static readonly string AcceptList = string.Join(',', Names);

    public static bool IsKnown(string encoding) => Array.IndexOf(Names, encoding) >= 0;

    /// <summary>Unpacks a message, giving up as soon as it outgrows the limit, however small it was packed.</summary>
    public static ReadOnlySequence<byte> Decompress(string encoding, ReadOnlySequence<byte> packed, long? limitBytes)
    {
        using Stream unpacking = OpenUnpacking(encoding, new SequenceStream(packed));
        var output = new ArrayBufferWriter<byte>(ChunkBytes);
        try
        {
            while (true)
            {
                int read = unpacking.Read(output.GetSpan(ChunkBytes));
                if (read == 0)
                {
                    return new ReadOnlySequence<byte>(output.WrittenMemory);
                }

                output.Advance(read);
                if (output.WrittenCount > limitBytes)
                {
                    throw new MessageTooLargeException(output.WrittenCount, limitBytes.Value);
                }
            }
        }
        catch (InvalidDataException cause)
        {
            throw new MalformedMessageException($"The message cannot be unpacked as {encoding}.", cause);
        }
    }

    public static ReadOnlyMemory<byte> Compress(string encoding, ReadOnlyMemory<byte> message, CompressionLevel level)
    {
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip"
            ? new GZipStream(packed, level, leaveOpen: true)
            : new ZLibStream(packed, level, leaveOpen: true))
        {
            packing.Write(message.Span);
        }

        return packed.GetBuffer().AsMemory(0, (int)packed.Length);
    }

    private static Stream OpenUnpacking(string encoding, Stream packed) => encoding switch
    {
        "gzip" => new GZipStream(packed, CompressionMode.Decompress),
        "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
        _ => throw new UnknownCompressionException(encoding),
    };
}
