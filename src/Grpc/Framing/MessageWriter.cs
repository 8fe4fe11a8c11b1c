using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>
/// Puts messages into a buffer. A message whose length is known beforehand is serialized straight into it, behind
/// its header, and nothing of a message counts before all of it is there: a serializer that fails leaves no trace.
/// </summary>
internal sealed class MessageWriter(IBufferWriter<byte> output, string encoding, CompressionLevel level, long? limitBytes)
    : SerializationContext, IBufferWriter<byte>
{
    private PooledBuffer? collected;
    private Memory<byte> leased;
    private int? announcedLength;
    private int writtenBytes;
    private bool isCompressed;
    private bool isComplete;

    /// <summary>Serializes one message into the buffer.</summary>
    /// <exception cref="RpcException">ResourceExhausted: the message is longer than the limit.</exception>
    public void Write(object message, IMessageMarshaller marshaller, WriteFlags flags)
    {
        announcedLength = null;
        isComplete = false;
        isCompressed = encoding != Compression.Identity && !flags.HasFlag(WriteFlags.NoCompress);
        try
        {
            marshaller.Serialize(message, this);
            if (!isComplete)
            {
                throw new InvalidOperationException($"The serializer of {marshaller.MessageName} did not complete the message.");
            }
        }
        finally
        {
            leased = default;
            collected?.Dispose();
            collected = null;
        }
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
            return collected ??= new PooledBuffer(announcedLength ?? 0);
        }

        leased = output.GetMemory(MessageHeader.SizeBytes + length);
        writtenBytes = MessageHeader.SizeBytes;
        return this;
    }

    public override void Complete()
    {
        if (leased.IsEmpty)
        {
            WriteWhole(collected is null ? default : collected.WrittenSpan);
            return;
        }

        int length = writtenBytes - MessageHeader.SizeBytes;
        if (length != announcedLength)
        {
            throw new InvalidOperationException($"The message was announced with {announcedLength} bytes and has {length}.");
        }

        new MessageHeader(false, (uint)length).Write(leased.Span);
        output.Advance(writtenBytes);
        isComplete = true;
    }

    public override void Complete(byte[] payload) => WriteWhole(payload);

    void IBufferWriter<byte>.Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(leased.Length - writtenBytes));
        writtenBytes += count;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Rest(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Rest(sizeHint).Span;

    private Memory<byte> Rest(int sizeHint) => sizeHint <= leased.Length - writtenBytes
        ? leased[writtenBytes..]
        : throw new InvalidOperationException($"The message was announced with {announcedLength} bytes and has more.");

    private void WriteWhole(ReadOnlySpan<byte> message)
    {
        CheckLimit(message.Length);
        ReadOnlySpan<byte> body = isCompressed ? Compression.Compress(encoding, message, level) : message;
        Span<byte> header = output.GetSpan(MessageHeader.SizeBytes);
        new MessageHeader(isCompressed, (uint)body.Length).Write(header);
        output.Advance(MessageHeader.SizeBytes);
        output.Write(body);
        isComplete = true;
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
