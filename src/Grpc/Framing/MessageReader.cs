using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>
/// Cuts a byte stream into messages. A message is parsed out of the receive buffer itself; its length is checked
/// against the limit before any of it is waited for.
/// </summary>
internal sealed class MessageReader<T>(PipeReader input, Marshaller<T> marshaller, string encoding, long? limitBytes)
    where T : class
{
    private readonly PayloadDeserializationContext payload = new();

    /// <summary>The next message, or null when the peer has sent its last.</summary>
    /// <exception cref="MalformedMessageException">The bytes are no message, or end in the middle of one.</exception>
    /// <exception cref="MessageTooLargeException">The message is longer than the limit.</exception>
    /// <exception cref="UnknownCompressionException">The message is compressed in an unknown way.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The stream was given up.");
            }

            if (TryParse(result.Buffer, out T? message))
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

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private bool TryParse(ReadOnlySequence<byte> buffer, out T? message)
    {
        message = null;
        if (!MessageHeader.TryRead(buffer, out MessageHeader header))
        {
            return false;
        }

        // A message of 2 GiB or more cannot be held in one piece, whatever the limit says.
        long limit = Math.Min(limitBytes ?? int.MaxValue, int.MaxValue);
        if (header.Length > limit)
        {
            throw new MessageTooLargeException(header.Length, limit);
        }

        long end = MessageHeader.SizeBytes + (long)header.Length;
        if (buffer.Length < end)
        {
            return false;
        }

        ReadOnlySequence<byte> body = buffer.Slice(MessageHeader.SizeBytes, header.Length);
        message = Parse(header.IsCompressed ? Unpack(body) : body);
        input.AdvanceTo(buffer.GetPosition(end));
        return true;
    }

    private ReadOnlySequence<byte> Unpack(ReadOnlySequence<byte> body) => encoding == Compression.Identity
        ? throw new MalformedMessageException("The message says it is compressed and the call names no compression.")
        : Compression.Decompress(encoding, body, limitBytes);

    private T Parse(ReadOnlySequence<byte> body)
    {
        payload.SetPayload(body);
        try
        {
            return marshaller.ContextualDeserializer(payload);
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            throw new MalformedMessageException($"The message is no {typeof(T).Name}: {cause.Message}", cause);
        }
        finally
        {
            payload.SetPayload(default);
        }
    }
}
