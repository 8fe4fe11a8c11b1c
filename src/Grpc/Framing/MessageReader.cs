using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>
/// Cuts a byte stream into messages. A message is parsed out of the receive buffer itself; its length is checked
/// against the limit before any of it is waited for.
/// </summary>
internal sealed class MessageReader(PipeReader input, IMessageMarshaller marshaller, string encoding, long? limitBytes)
    : DeserializationContext
{
    // How much is asked for at once: memory is set aside as bytes arrive, not because a header promises them.
    private const int LargestDemandBytes = 4 * 1024 * 1024;

    // A message of 2 GiB or more cannot be held in one piece, whatever the limit says.
    private readonly long limit = Math.Min(limitBytes ?? int.MaxValue, int.MaxValue);
    private ReadOnlySequence<byte> payload;

    public override int PayloadLength => (int)payload.Length;

    /// <summary>The next message, or null when the peer has sent its last.</summary>
    /// <exception cref="MalformedMessageException">The bytes are no message, or end in the middle of one.</exception>
    /// <exception cref="MessageTooLargeException">The message is longer than the limit.</exception>
    /// <exception cref="UnknownCompressionException">The message is compressed in an unknown way.</exception>
    public async ValueTask<object?> ReadAsync(CancellationToken cancellationToken)
    {
        int demand = 0;
        while (true)
        {
            ReadResult result = demand == 0
                ? await input.ReadAsync(cancellationToken).ConfigureAwait(false)
                : await input.ReadAtLeastAsync(demand, cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The stream was given up.");
            }

            if (TryParse(result.Buffer, out object? message, out long missing))
            {
                return message;
            }

            if (result.IsCompleted)
            {
                long left = result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
                return left == 0
                    ? null
                    : throw new MalformedMessageException($"The stream ends after {left} bytes of an incomplete message.");
            }

            demand = (int)Math.Min(result.Buffer.Length + Math.Min(missing, LargestDemandBytes), int.MaxValue);
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>What lies behind the messages read so far; does not wait for it.</summary>
    public MessageReaderRest Peek()
    {
        if (!input.TryRead(out ReadResult result))
        {
            return MessageReaderRest.Unknown;
        }

        input.AdvanceTo(result.Buffer.Start);
        return !result.Buffer.IsEmpty ? MessageReaderRest.Bytes
            : result.IsCompleted ? MessageReaderRest.Nothing
            : MessageReaderRest.Unknown;
    }

    public override byte[] PayloadAsNewBuffer() => payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;

    private bool TryParse(ReadOnlySequence<byte> buffer, out object? message, out long missing)
    {
        message = null;
        if (!MessageHeader.TryRead(buffer, out MessageHeader header))
        {
            missing = MessageHeader.SizeBytes - buffer.Length;
            return false;
        }

        if (header.Length > limit)
        {
            throw new MessageTooLargeException(header.Length, limit);
        }

        long end = MessageHeader.SizeBytes + (long)header.Length;
        missing = end - buffer.Length;
        if (missing > 0)
        {
            return false;
        }

        ReadOnlySequence<byte> body = buffer.Slice(MessageHeader.SizeBytes, header.Length);
        message = header.IsCompressed ? ParsePacked(body) : Parse(body);
        input.AdvanceTo(buffer.GetPosition(end));
        return true;
    }

    private object ParsePacked(ReadOnlySequence<byte> body)
    {
        if (encoding == Compression.Identity)
        {
            throw new MalformedMessageException("The message says it is compressed and the call names no compression.");
        }

        using PooledBuffer unpacked = Compression.Decompress(encoding, body, limit);
        return Parse(new ReadOnlySequence<byte>(unpacked.WrittenMemory));
    }

    private object Parse(ReadOnlySequence<byte> body)
    {
        payload = body;
        try
        {
            return marshaller.Deserialize(this);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            throw new MalformedMessageException($"The message is no {marshaller.MessageName}: {cause.Message}", cause);
        }
        finally
        {
            payload = default;
        }
    }
}
