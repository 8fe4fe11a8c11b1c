using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>
/// Puts messages into a byte stream. A message whose length is known beforehand is serialized straight into the
/// stream's own buffers, behind its header.
/// </summary>
internal sealed class MessageWriter(PipeWriter output, string encoding, CompressionLevel level, long? limitBytes)
    : SerializationContext
{
    private ArrayBufferWriter<byte>? collected;
    private int? announcedLength;
    private bool isCompressed;
    private bool isHeaderWritten;

    /// <summary>Serializes one message into the stream without flushing it.</summary>
    /// <exception cref="RpcException">ResourceExhausted: the message is longer than the limit.</exception>
    public void Write<T>(T message, Marshaller<T> marshaller, WriteFlags flags)
        where T : class
    {
        collected = null;
        announcedLength = null;
        isHeaderWritten = false;
        isCompressed = encoding != Compression.Identity && !flags.HasFlag(WriteFlags.NoCompress);
        marshaller.ContextualSerializer(message, this);
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckLimit(payloadLength);
        announcedLength = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (isCompressed || announcedLength is not { } length)
        {
            return collected ??= new ArrayBufferWriter<byte>(Math.Max(announcedLength ?? 0, 256));
        }

        if (!isHeaderWritten)
        {
            new MessageHeader(false, (uint)length).Write(output);
            isHeaderWritten = true;
        }

        return output;
    }

    public override void Complete()
    {
        if (!isHeaderWritten)
        {
            WriteWhole(collected?.WrittenMemory ?? default);
        }

        collected = null;
    }

    public override void Complete(byte[] payload) => WriteWhole(payload);

    private void WriteWhole(ReadOnlyMemory<byte> message)
    {
        CheckLimit(message.Length);
        ReadOnlyMemory<byte> body = isCompressed ? Compression.Compress(encoding, message, level) : message;
        new MessageHeader(isCompressed, (uint)body.Length).Write(output);
        output.Write(body.Span);
    }

    private void CheckLimit(long lengthBytes)
    {
        if (lengthBytes > limitBytes)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted,
                $"The message to send has {lengthBytes} bytes; the limit is {limitBytes}."));
        }
    }
}
