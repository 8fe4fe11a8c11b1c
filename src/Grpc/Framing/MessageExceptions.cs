namespace Grpc.Framing;

/// <summary>Bytes from the peer that are no gRPC message.</summary>
internal sealed class MalformedMessageException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A message, compressed or not, that is longer than this side accepts.</summary>
internal sealed class MessageTooLargeException(long lengthBytes, long limitBytes)
    : Exception($"The message has {lengthBytes} bytes or more; the limit is {limitBytes}.")
{
    public long LengthBytes => lengthBytes;
}

/// <summary>A message compressed with a method that this side does not know.</summary>
internal sealed class UnknownCompressionException(string encoding)
    : Exception($"Compression '{encoding}' is not known here; known are {string.Join(", ", Compression.Names)}.");
