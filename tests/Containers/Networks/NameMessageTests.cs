using System.Net;
using Appliance.Containers.Networks.Names;

namespace Appliance.Tests.Containers.Networks;

public sealed class NameMessageTests
{
    [Fact]
    public void Question_PlainQuery_NameInLowerCase() =>
        Assert.Equal("api.example.com", NameQuestion.TryParse(TestNameServer.Query("Api.EXAMPLE.com"))!.Name);

    [Fact]
    public void Question_DotInsideOfALabel_IsNoSeparator() =>
        Assert.Equal("a\\046b.example.com", NameQuestion.TryParse(TestNameServer.Query("aXb.example.com").Select(value => value == 'X' ? (byte)'.' : value).ToArray())!.Name);

    [Fact]
    public void Question_EveryTruncationAndEveryChangedByte_IsParsedOrRefused()
    {
        byte[] query = TestNameServer.Query("api.example.com");
        for (int length = 0; length < query.Length; length++)
        {
            Assert.Null(NameQuestion.TryParse(query.AsSpan(0, length)));
        }

        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = [.. query];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (NameQuestion.TryParse(changed) is { } question)
            {
                Assert.InRange(question.EndOffset, 0, changed.Length);
            }
        }
    }

    [Fact]
    public void Addresses_ChangedBytes_NeverReadBeyondTheMessage()
    {
        byte[] query = TestNameServer.Query("api.example.com");
        byte[] reply = [.. query, 0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 5, 0, 2, 0xC0, 12, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1];
        reply[7] = 2;
        int end = NameQuestion.TryParse(query)!.EndOffset;
        Assert.Equal([(IPAddress.Parse("192.0.2.1"), TimeSpan.FromSeconds(9))], NameReply.Addresses(reply, end));

        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] changed = reply[..random.Next(end, reply.Length + 1)];
            changed[random.Next(6, changed.Length)] = (byte)random.Next(256);
            _ = NameReply.Addresses(changed, end);
        }
    }

    [Fact]
    public void Resolver_FileWithComments_IsRead()
    {
        ResolverFile file = ResolverFile.Parse("# by hand\nnameserver 192.0.2.1 ; first\nnameserver bad\nnameserver 2001:db8::1\nsearch a.test b.test\noptions ndots:2 edns0\n");
        Assert.Equal(["192.0.2.1", "2001:db8::1"], file.Servers.Select(server => server.ToString()));
        Assert.Equal(["a.test", "b.test"], file.Search);
        Assert.Equal(["ndots:2", "edns0"], file.Options);
    }
}
