using System.Net;
using System.Net.Http.Headers;
using Appliance.Tests.Grpc.Protos;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Appliance.Tests.Grpc;

public sealed class ProtocolCheckTests
{
    private const string Path = "/appliance.tests.Echo/Unary";

    [Theory]
    [InlineData("POST", "text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "application/grpc-web", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "application/grpcx", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("PUT", "application/grpc", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "application/grpc", HttpStatusCode.OK)]
    [InlineData("POST", "application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("POST", "application/grpc; charset=utf-8", HttpStatusCode.OK)]
    public async Task Passes_OverHttp2_OnlyPostsOfGrpc(string method, string contentType, HttpStatusCode expected)
    {
        await using EchoServer server = await EchoServer.StartAsync();

        using HttpResponseMessage response = await SendAsync(server, method, contentType, HttpVersion.Version20);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Passes_OverHttp11_AsksForHttp2()
    {
        await using EchoServer server = await EchoServer.StartAsync(protocols: HttpProtocols.Http1);

        using HttpResponseMessage response = await SendAsync(server, "POST", "application/grpc", HttpVersion.Version11);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
        Assert.Contains("HTTP/2", response.Headers.GetValues("grpc-message").Single());
    }

    private static async Task<HttpResponseMessage> SendAsync(EchoServer server, string method, string contentType, Version version)
    {
        using var http = new HttpClient();
        var request = new HttpRequestMessage(new HttpMethod(method), server.Address + Path)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Framed.Message(new EchoRequest())),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await http.SendAsync(request);
    }
}
