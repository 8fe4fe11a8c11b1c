using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Grpc.Framing;
using Xunit;

namespace Appliance.Tests.Grpc;

// Inside Appliance the bare name means the metadata store.
using Metadata = global::Grpc.Core.Metadata;

public sealed class MetadataHeadersTests : EchoServerTest
{
    [Fact]
    public async Task Text_KeysAndValues_ComeBackInHeadersAndTrailers()
    {
        var sent = new Metadata { { "Echo-Word", "value with, comma" }, { "trail-word", "x" }, { "other", "stays" } };
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest(), sent);
        await call;

        Metadata headers = await call.ResponseHeadersAsync;

        Assert.Equal("value with, comma", headers.GetValue("echo-word"));
        Assert.Null(headers.Get("other"));
        Assert.Equal("x", call.GetTrailers().GetValue("trail-word"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4000)]
    public async Task Text_BytesOfAnyLength_ComeBackTheSame(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(
            new EchoRequest(), new Metadata { { "echo-some-bin", bytes }, { "trail-some-bin", bytes } });
        await call;

        Assert.Equal(bytes, (await call.ResponseHeadersAsync).GetValueBytes("echo-some-bin"));
        Assert.Equal(bytes, call.GetTrailers().GetValueBytes("trail-some-bin"));
    }

    [Fact]
    public async Task Text_OneBinaryKeyTwice_KeepsBothInOrder()
    {
        var sent = new Metadata { { "trail-some-bin", [1] }, { "trail-some-bin", [2, 3] } };
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest(), sent);
        await call;

        Assert.Equal([[1], [2, 3]], call.GetTrailers().GetAll("trail-some-bin").Select(entry => entry.ValueBytes));
    }

    // HTTP joins the values of one name, which only base64 allows to undo.
    [Fact]
    public async Task Text_OneTextKeyTwice_ComesBackJoined()
    {
        var sent = new Metadata { { "trail-word", "first" }, { "trail-word", "second" } };
        using AsyncUnaryCall<EchoReply> call = Client.UnaryAsync(new EchoRequest(), sent);
        await call;

        Assert.Equal("first, second", string.Join(", ", call.GetTrailers().GetAll("trail-word").Select(entry => entry.Value)));
    }

    [Fact]
    public async Task Text_TrailersOfAFailure_ReachTheException()
    {
        RpcException thrown = await RefusedAsync(Client.UnaryAsync(
            new EchoRequest { Code = 3 }, new Metadata { { "trail-word", "x" } }));

        Assert.Equal("x", thrown.Trailers.GetValue("trail-word"));
    }

    [Fact]
    public void Add_JoinedBinaryValues_SplitsThem()
    {
        var metadata = new Metadata();

        MetadataHeaders.Add(metadata, "key-bin", "AQ, Ag==,AwQ");

        Assert.Equal([[1], [2], [3, 4]], metadata.Select(entry => entry.ValueBytes));
    }

    [Fact]
    public void Add_BadBase64_IsMalformed() =>
        Assert.Throws<MalformedMessageException>(() => MetadataHeaders.Add([], "key-bin", "*"));

    [Theory]
    [InlineData("grpc-timeout")]
    [InlineData("Content-Type")]
    [InlineData(":path")]
    public void Add_NamesOfTheProtocol_AreLeftOut(string name)
    {
        var metadata = new Metadata();

        MetadataHeaders.Add(metadata, name, "x");

        Assert.Empty(metadata);
    }
}
