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

    /// <summary>Whether a peer that sent this accept header can unpack the encoding.</summary>
    public static bool IsAccepted(string encoding, string acceptHeader)
    {
        foreach (Range part in acceptHeader.AsSpan().Split(','))
        {
            if (acceptHeader.AsSpan(part).Trim().SequenceEqual(encoding))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Unpacks a message, giving up as soon as it outgrows the limit, however small it was packed.</summary>
    public static PooledBuffer Decompress(string encoding, ReadOnlySequence<byte> packed, long limitBytes)
    {
        using Stream unpacking = OpenUnpacking(encoding, new SequenceStream(packed));
        var output = new PooledBuffer(ChunkBytes);
        try
        {
            while (unpacking.Read(output.GetSpan(1)) is > 0 and int read)
            {
                output.Advance(read);
                if (output.WrittenBytes > limitBytes)
                {
                    throw new MessageTooLargeException(output.WrittenBytes, limitBytes);
                }
            }

            return output;
        }
        catch (InvalidDataException cause)
        {
            output.Dispose();
            throw new MalformedMessageException($"The message cannot be unpacked as {encoding}.", cause);
        }
        catch
        {
            output.Dispose();
            throw;
        }
    }

    public static ReadOnlySpan<byte> Compress(string encoding, ReadOnlySpan<byte> message, CompressionLevel level)
    {
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip"
            ? new GZipStream(packed, level, leaveOpen: true)
            : new ZLibStream(packed, level, leaveOpen: true))
        {
            packing.Write(message);
        }

        return packed.GetBuffer().AsSpan(0, (int)packed.Length);
    }

    private static Stream OpenUnpacking(string encoding, Stream packed) => encoding switch
    {
        "gzip" => new GZipStream(packed, CompressionMode.Decompress),
        "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
        _ => throw new UnknownCompressionException(encoding),
    };
}
