using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Gateways.Forwarding;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Appliance.Tests.Gateways.Forwarding;

/// <summary>What a client and a server see of each other with the forwarder between them.</summary>
public sealed class HttpForwarderTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly HttpMessageInvoker inner = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly TaskCompletionSource<ApplianceException> refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication server = null!;
    private WebApplication forwarder = null!;
    private Func<HttpContext, Task> answer = _ => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        server = await StartAsync(HttpProtocols.Http1, http => answer(http));
        var target = new Uri(server.Urls.First());
        forwarder = await StartAsync(HttpProtocols.Http1, http => ForwardAsync(http, target));
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        inner.Dispose();
        await forwarder.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Request_WithHeadersOfTheConnection_ArrivesWithoutThem()
    {
        IHeaderDictionary? seen = null;
        string? target = null;
        answer = http =>
        {
            seen = new HeaderDictionary(http.Request.Headers.ToDictionary(each => each.Key, each => each.Value));
            target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            http.Response.StatusCode = StatusCodes.Status302Found;
            http.Response.Headers.Location = "/elsewhere";
            http.Response.Headers.Append("Set-Cookie", "a=1");
            http.Response.Headers.Append("Set-Cookie", "b=2");
            return Task.CompletedTask;
        };

        string reply = await SendRawAsync(
            "GET /a/%2e%2e/b%2Fc?d=%20e HTTP/1.1\r\nHost: box.example\r\nConnection: X-Mine\r\nX-Mine: 1\r\nX-Other: 2\r\nTE: gzip\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 302", reply);
        Assert.Contains("Set-Cookie: a=1\r\nSet-Cookie: b=2", reply);
        Assert.Equal("/a/%2e%2e/b%2Fc?d=%20e", target);
        Assert.Equal("box.example", seen!.Host);
        Assert.Equal("2", seen["X-Other"]);
        Assert.Equal("127.0.0.1", seen["X-Forwarded-For"]);
        Assert.DoesNotContain("X-Mine", seen.Keys);
        Assert.DoesNotContain("TE", seen.Keys);
    }

    [Fact]
    public async Task OverHttp2_WhatComesBehindTheBody_ComesToo()
    {
        string? asked = null;
        await using WebApplication speaker = await StartAsync(HttpProtocols.Http2, async http =>
        {
            asked = $"{http.Request.Protocol} {http.Request.Headers.TE}";
            http.Response.DeclareTrailer("grpc-status");
            await http.Request.Body.CopyToAsync(http.Response.Body);
            http.Response.AppendTrailer("grpc-status", "7");
        });
        var target = new Uri(speaker.Urls.First());
        await using WebApplication between = await StartAsync(
            HttpProtocols.Http2, http => new HttpForwarder(inner).ForwardAsync(http, target, request => Http2Server.Address(request, http.Request.Headers)));
        using var request = new HttpRequestMessage(HttpMethod.Post, between.Urls.First())
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent("both ways"),
            Headers = { TE = { new("trailers") } },
        };

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal("both ways", await response.Content.ReadAsStringAsync());
        Assert.Equal("HTTP/2 trailers", asked);
        Assert.Equal("7", response.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Body_OfARequest_FlowsBeforeItEnds()
    {
        var first = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = async http =>
        {
            first.SetResult(await http.Request.Body.ReadAsync(new byte[100]));
            await http.Request.Body.CopyToAsync(http.Response.Body);
        };
        using var body = new FedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address("/")) { Content = body };
        Task<HttpResponseMessage> sending = client.SendAsync(request);

        await body.WriteAsync("one");
        Assert.Equal(3, await first.Task.WaitAsync(Limit));
        await body.WriteAsync("more");
        body.End();

        using HttpResponseMessage response = await sending.WaitAsync(Limit);
        Assert.Equal("more", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Body_OfAnAnswer_FlowsBeforeItEnds()
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = async http =>
        {
            await http.Response.WriteAsync("one");
            await read.Task;
            await http.Response.WriteAsync("two");
        };
        using HttpResponseMessage response = await client.GetAsync(Address("/"), HttpCompletionOption.ResponseHeadersRead).WaitAsync(Limit);
        await using Stream replies = await response.Content.ReadAsStreamAsync();
        byte[] piece = new byte[3];

        await replies.ReadExactlyAsync(piece).AsTask().WaitAsync(Limit);
        Assert.Equal("one", Encoding.ASCII.GetString(piece));
        read.SetResult();
        await replies.ReadExactlyAsync(piece).AsTask().WaitAsync(Limit);
        Assert.Equal("two", Encoding.ASCII.GetString(piece));
        Assert.Equal(0, await replies.ReadAsync(piece));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebSocket_OfEitherVersionOfHttp_CarriesMessagesBothWays(bool isHttp2)
    {
        answer = EchoAsync;
        await using WebApplication door = await StartAsync(isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1, http => ForwardAsync(http, new Uri(server.Urls.First())));
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.AddSubProtocol("chat");
        await socket.ConnectAsync(new Uri(door.Urls.First().Replace("http://", "ws://") + "/talk"), inner, CancellationToken.None);

        Assert.Equal("chat", socket.SubProtocol);
        byte[] message = new byte[100_000];
        new Random(3).NextBytes(message);
        await socket.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);
        byte[] reply = new byte[message.Length];
        int length = 0;
        while (length < reply.Length)
        {
            length += (await socket.ReceiveAsync(reply.AsMemory(length), CancellationToken.None)).Count;
        }

        Assert.Equal(message, reply);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task Answer_BrokenOff_IsNotTakenForWhole()
    {
        var begun = new TaskCompletionSource();
        answer = async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(new byte[10]);
            await begun.Task;
            http.Abort();
        };

        using HttpResponseMessage response = await client.GetAsync(Address("/"), HttpCompletionOption.ResponseHeadersRead);
        begun.SetResult();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Server_NotListening_IsNamed()
    {
        await server.StopAsync();

        using HttpResponseMessage response = await client.GetAsync(Address("/"));

        ApplianceException failure = await refused.Task;
        Assert.Equal(ErrorKind.Unavailable, failure.Kind);
        Assert.Contains("Nothing listens on port", failure.Message);
    }

    private static async Task EchoAsync(HttpContext http)
    {
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync("chat");
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(received.CloseStatus!.Value, received.CloseStatusDescription, CancellationToken.None);
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocols, Func<HttpContext, Task> handler)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Run(http => handler(http));
        await app.StartAsync();
        return app;
    }

    private async Task ForwardAsync(HttpContext http, Uri target)
    {
        try
        {
            await new HttpForwarder(inner).ForwardAsync(http, target, _ => { });
        }
        catch (ApplianceException failure)
        {
            refused.TrySetResult(failure);
        }
    }

    private Uri Address(string path) => new(new Uri(forwarder.Urls.First()), path);

    /// <summary>The head of the answer to a request that no client would send so.</summary>
    private async Task<string> SendRawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(forwarder.Urls.First()).Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(socket.GetStream());
        var head = new StringBuilder();
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            head.Append(line).Append("\r\n");
        }

        return head.ToString();
    }

    /// <summary>A body whose bytes come when the test says so.</summary>
    private sealed class FedContent : HttpContent
    {
        private readonly System.IO.Pipelines.Pipe pipe = new();

        public async Task WriteAsync(string text) => await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

        public void End() => pipe.Writer.Complete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            while (true)
            {
                System.IO.Pipelines.ReadResult read = await pipe.Reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    await stream.WriteAsync(part);
                }

                await stream.FlushAsync();
                pipe.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
