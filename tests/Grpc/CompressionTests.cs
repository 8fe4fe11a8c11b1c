using System.IO.Compression;
using Appliance.Tests.Grpc.Http2;
using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Appliance.Tests.Grpc;

// Inside Appliance the bare name means the metadata store.
using Metadata = global::Grpc.Core.Metadata;

public sealed class CompressionTests : EchoServerTest
{
    private const string Path = "/appliance.tests.Echo/Unary";

    protected override Task<EchoServer> StartAsync() => EchoServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Compress_RequestsAndReplies_ComeThrough(string encoding)
    {
        var choice = new Metadata { { "grpc-internal-encoding-request", encoding } };
        ByteString payload = ByteString.CopyFrom(new byte[2_000_000]);
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest { Payload = payload, Text = "t" }, choice);

        EchoReply reply = await call;

        Assert.Equal(payload, reply.Payload);
        Assert.Equal("t", reply.Text);
    }

    [Fact]
    public async Task Compress_Stream_ComesThrough()
    {
        using AsyncDuplexStreamingCall<EchoRequest, EchoReply> call = Client.Duplex(
            new Metadata { { "grpc-internal-encoding-request", "gzip" } });
        for (int i = 0; i < 20; i++)
        {
            call.RequestStream.WriteOptions = i % 2 == 0 ? null : new WriteOptions(WriteFlags.NoCompress);
            await call.RequestStream.WriteAsync(new EchoRequest { Text = $"{i}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{i}", call.ResponseStream.Current.Text);
        }
    }

    [Theory]
    [InlineData("gzip", 1)]
    [InlineData("identity,deflate , gzip", 1)]
    [InlineData("identity", 0)]
    [InlineData("gzipped", 0)]
    public async Task IsAccepted_ByTheCaller_DecidesOverTheReply(string accepted, byte flag)
    {
        byte[] message = await FirstMessageAsync(new EchoRequest { Text = "text" }, ("grpc-accept-encoding", accepted));

        Assert.Equal(flag, message[0]);
    }

    [Fact]
    public async Task Compress_HandlerSaysNo_RepliesPlain()
    {
        byte[] message = await FirstMessageAsync(new EchoRequest { IsReplyPlain = true, Text = "t" }, ("grpc-accept-encoding", "gzip"));

        Assert.Equal(0, message[0]);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Decompress_BombOverTheLimit_IsRefused(string encoding)
    {
        byte[] bomb = Pack(encoding, new EchoRequest { Payload = ByteString.CopyFrom(new byte[100_000_000]) }.ToByteArray());

        Dictionary<string, string> end = await EndOfAsync(Framed.Bytes(1, bomb), encoding);

        Assert.Equal(("8", "413"), (end["grpc-status"], end[":status"]));
        Assert.Equal(0, Server.Record.Begun);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Decompress_CutOrGarbled_IsInvalidArgument(string encoding)
    {
        byte[] packed = Pack(encoding, new EchoRequest { Text = new string('x', 5000) }.ToByteArray());
        byte[] random = new byte[100];
        new Random(3).NextBytes(random);

        Assert.Equal("3", (await EndOfAsync(Framed.Bytes(1, packed.AsSpan(0, packed.Length / 2)), encoding))["grpc-status"]);
        Assert.Equal("3", (await EndOfAsync(Framed.Bytes(1, random), encoding))["grpc-status"]);
        await Client.UnaryAsync(new EchoRequest());
    }

    [Fact]
    public async Task Decompress_UnknownEncoding_NamesTheKnown()
    {
        Dictionary<string, string> end = await EndOfAsync(Framed.Bytes(1, [1, 2, 3]), "snappy");

        Assert.Equal("12", end["grpc-status"]);
        Assert.Equal("identity,gzip,deflate", end["grpc-accept-encoding"]);
    }

    [Fact]
    public async Task Decompress_FlagWithoutEncoding_IsInvalidArgument() =>
        Assert.Equal("3", (await EndOfAsync(Framed.Bytes(1, [1, 2, 3]), "identity"))["grpc-status"]);

    private static byte[] Pack(string encoding, byte[] message)
    {
        var packed = new MemoryStream();
        using (Stream packing = encoding == "gzip"
            ? new GZipStream(packed, CompressionLevel.Optimal)
            : new ZLibStream(packed, CompressionLevel.Optimal))
        {
            packing.Write(message);
        }

        return packed.ToArray();
    }

    private async Task<Dictionary<string, string>> EndOfAsync(byte[] body, string encoding)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Path, ("grpc-encoding", encoding));
        for (int at = 0; at < body.Length; at += 16384)
        {
            await raw.SendDataAsync(1, body.AsSpan(at, Math.Min(16384, body.Length - at)));
        }

        return await raw.ReceiveEndAsync(1);
    }

    private async Task<byte[]> FirstMessageAsync(EchoRequest request, params (string, string)[] headers)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Path, headers);
        await raw.SendDataAsync(1, Framed.Message(request), endsStream: true);
        return (await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.Data))[^1].Payload;
    }
}
