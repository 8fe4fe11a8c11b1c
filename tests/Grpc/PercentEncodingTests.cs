using Appliance.Tests.Grpc.Protos;
using Grpc.Core;
using Grpc.Framing;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class PercentEncodingTests : EchoServerTest
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb\tc", "a%0Ab%09c")]
    [InlineData("Grüße", "Gr%C3%BC%C3%9Fe")]
    [InlineData("🚀", "%F0%9F%9A%80")]
    [InlineData("", "")]
    public async Task Encode_AnyText_IsAsciiAndComesBack(string text, string encoded)
    {
        Assert.Equal(encoded, PercentEncoding.Encode(text));
        Assert.Equal(text, PercentEncoding.Decode(encoded));

        RpcException thrown = await RefusedAsync(Client.UnaryAsync(new EchoRequest { Code = 5, Detail = text }));

        Assert.Equal(text, thrown.Status.Detail);
    }

    [Theory]
    [InlineData("50% off")]
    [InlineData("%")]
    [InlineData("%4")]
    [InlineData("%zz")]
    public void Decode_NotWellFormed_StaysAsItIs(string text) => Assert.Equal(text, PercentEncoding.Decode(text));

    [Fact]
    public async Task Encode_LongText_ComesBack()
    {
        string text = string.Concat(Enumerable.Repeat("long ünïcode % text\n", 200));

        RpcException thrown = await RefusedAsync(Client.UnaryAsync(new EchoRequest { Code = 5, Detail = text }));

        Assert.Equal(text, thrown.Status.Detail);
    }
}
