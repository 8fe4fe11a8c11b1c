using System.Buffers;
using System.IO.Compression;
using Grpc.Core;
using Grpc.Framing;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class MessageWriterTests
{
    private readonly PooledBuffer output = new();

    [Fact]
    public void Write_LengthAnnounced_FramesTheMessage() =>
        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3], Write((message, context) => Announce(context, 3, message)));

    [Fact]
    public void Write_LengthUnknown_FramesTheMessage() =>
        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3], Write((message, context) => Announce(context, null, message)));

    [Fact]
    public void Write_WholeArray_FramesTheMessage() =>
        Assert.Equal([0, 0, 0, 0, 3, 1, 2, 3], Write((message, context) => context.Complete(message)));

    [Fact]
    public void Write_Nothing_IsAnEmptyMessage()
    {
        Assert.Equal([0, 0, 0, 0, 0], Write((_, context) => Announce(context, 0, [])));
        output.Dispose();
        Assert.Equal([0, 0, 0, 0, 0], Write((_, context) => context.Complete()));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Write_OtherLengthThanAnnounced_LeavesNoTrace(int announced)
    {
        Assert.Throws<InvalidOperationException>(() => Write((message, context) => Announce(context, announced, message)));

        Assert.Equal(0, output.WrittenBytes);
    }

    [Fact]
    public void Write_SerializerFailsMidway_LeavesNoTrace()
    {
        Assert.Throws<FormatException>(() => Write((message, context) =>
        {
            context.SetPayloadLength(3);
            context.GetBufferWriter().Write(message.AsSpan(0, 2));
            throw new FormatException();
        }));

        Assert.Equal(0, output.WrittenBytes);
    }

    [Fact]
    public void Write_NeverCompleted_IsAnError() =>
        Assert.Throws<InvalidOperationException>(() => Write((_, context) => context.SetPayloadLength(3)));

    [Fact]
    public void Write_OverTheLimit_IsResourceExhausted()
    {
        var thrown = Assert.Throws<RpcException>(() => Write((message, context) => Announce(context, 3, message), limitBytes: 2));

        Assert.Equal(StatusCode.ResourceExhausted, thrown.StatusCode);
    }

    private static void Announce(SerializationContext context, int? length, byte[] message)
    {
        if (length is { } known)
        {
            context.SetPayloadLength(known);
        }

        context.GetBufferWriter().Write(message);
        context.Complete();
    }

    private byte[] Write(Action<byte[], SerializationContext> serializer, long? limitBytes = null)
    {
        var writer = new MessageWriter(output, Compression.Identity, CompressionLevel.Fastest, limitBytes);
        writer.Write(new byte[] { 1, 2, 3 }, new Marshaller<byte[]>(serializer, _ => []), default);
        return output.WrittenSpan.ToArray();
    }
}
