using Appliance.Tests.Grpc.Http2;
using Appliance.Tests.Grpc.Protos;
using Google.Protobuf;
using Xunit;

namespace Appliance.Tests.Grpc;

/// <summary>Bad bytes end the call that carries them, with a status that names the fault, and nothing else.</summary>
public sealed class MessageReaderTests : EchoServerTest
{
    private const string Unary = "/appliance.tests.Echo/Unary";
    private const string Duplex = "/appliance.tests.Echo/Duplex";

    public static TheoryData<string, byte[], string> BadBodies => new()
    {
        { "nothing", [], "no request message" },
        { "half a header", [0, 0, 0], "incomplete" },
        { "half a message", Framed.Bytes(0, [10, 1], length: 200), "incomplete" },
        { "flag 7", Framed.Bytes(7, []), "byte 7" },
        { "no protobuf", Framed.Bytes(0, [0xff, 0xff, 0xff]), "EchoRequest" },
        { "a field longer than the message", Framed.Bytes(0, [10, 100, 65]), "EchoRequest" },
        { "two messages", [.. Framed.Message(new EchoRequest()), .. Framed.Message(new EchoRequest())], "more than one" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task ReadAsync_BadBody_IsInvalidArgument(string kind, byte[] body, string fault)
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Unary);
        await raw.SendDataAsync(1, body, endsStream: true);

        Dictionary<string, string> end = await raw.ReceiveEndAsync(1);

        Assert.True(end["grpc-status"] == "3", kind);
        Assert.Contains(fault, end["grpc-message"]);
        Assert.Equal("still here", (await Client.UnaryAsync(new EchoRequest { Text = "still here" })).Text);
    }

    [Fact]
    public async Task ReadAsync_LengthOverTheLimit_IsRefusedBeforeTheBytesCome()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Duplex);
        await raw.SendDataAsync(1, Framed.Bytes(0, [], length: uint.MaxValue));

        Dictionary<string, string> end = await raw.ReceiveEndAsync(1);

        Assert.Equal(("413", "8"), (end[":status"], end["grpc-status"]));
    }

    [Fact]
    public async Task ReadAsync_NotHalfClosed_AnswersNevertheless()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Unary);
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { Text = "x" }));

        Dictionary<string, string> end = await raw.ReceiveEndAsync(1);

        Assert.Equal("0", end["grpc-status"]);
    }

    [Fact]
    public async Task ReadAsync_SecondMessageWhileTheHandlerRuns_IsInvalidArgument()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Unary);
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest { DelayMs = 300 }));
        await Server.Record.ReachedAsync(record => record.Begun == 1);
        await raw.SendDataAsync(1, Framed.Message(new EchoRequest()), endsStream: true);

        Dictionary<string, string> end = await raw.ReceiveEndAsync(1);

        Assert.Equal("3", end["grpc-status"]);
    }

    [Fact]
    public async Task ReadAsync_ByteByByte_FindsTheMessages()
    {
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        await raw.SendHeadersAsync(1, Duplex);
        foreach (byte value in Framed.Message(new EchoRequest { Text = "slow" }))
        {
            await raw.SendDataAsync(1, [value]);
        }

        Frame reply = (await raw.ReceiveUntilAsync(1, frame => frame.Type == FrameType.Data))[^1];

        Assert.Equal("slow", EchoReply.Parser.ParseFrom(reply.Payload.AsSpan(5)).Text);
    }

    [Fact]
    public async Task ReadAsync_RandomBytes_NeverHurtTheServer()
    {
        var random = new Random(20260101);
        await using RawConnection raw = await RawConnection.OpenAsync(Server.EndPoint);
        for (int i = 0; i < 500; i++)
        {
            int streamId = 2 * i + 1;
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            if (body.Length > 5 && i % 2 == 0)
            {
                // Past the header, so that the parser gets its share.
                Framed.Bytes(0, body.AsSpan(5)).CopyTo(body, 0);
            }

            await raw.SendHeadersAsync(streamId, i % 3 == 0 ? Duplex : Unary);
            await raw.SendDataAsync(streamId, body, endsStream: true);
            Dictionary<string, string> end = await raw.ReceiveEndAsync(streamId);

            // Random bytes may happen to be a message of unknown fields, which is no error.
            Assert.Contains(end["grpc-status"], new[] { "0", "3", "8" });
        }

        await Client.UnaryAsync(new EchoRequest());
    }
}
