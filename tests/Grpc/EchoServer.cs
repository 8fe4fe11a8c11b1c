using System.Net;
using System.Security.Cryptography.X509Certificates;
using Appliance.Gateways.Calls;
using Appliance.Tests.Grpc.Protos;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Appliance.Tests.Grpc;

/// <summary>The echo service on a loopback port of its own, with real connections.</summary>
public sealed class EchoServer : IAsyncDisposable
{
    public const int LimitBytes = 8 * 1024 * 1024;

    public const int TightLimitBytes = 1000;

    private readonly WebApplication application;

    private EchoServer(WebApplication application)
    {
        this.application = application;
        Address = application.Urls.First();
    }

    public string Address { get; }

    public IPEndPoint EndPoint => IPEndPoint.Parse(new Uri(Address).Authority);

    public CallRecord Record => application.Services.GetRequiredService<EchoService>().Record;

    public static async Task<EchoServer> StartAsync(
        Action<GrpcServiceOptions>? configure = null,
        HttpProtocols protocols = HttpProtocols.Http2,
        string? unixSocket = null,
        X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 5000;
            if (unixSocket is null)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen =>
                {
                    listen.Protocols = protocols;
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                });
            }
            else
            {
                kestrel.ListenUnixSocket(unixSocket, listen => listen.Protocols = protocols);
            }
        });
        builder.Services.AddSingleton<EchoService>();
        builder.Services
            .AddGrpc(options =>
            {
                options.MaxReceiveMessageSize = LimitBytes;
                configure?.Invoke(options);
            })
            .AddServiceOptions<TightService>(options => options.MaxReceiveMessageSize = TightLimitBytes)
            .AddUnlimitedMessages();
        WebApplication application = builder.Build();
        application.MapGrpcService<EchoService>();
        application.MapGrpcService<TightService>();
        application.MapUnlimitedMessages(Roomy.BindService(new RoomyService()));
        await application.StartAsync();
        return new EchoServer(application);
    }

    public GrpcChannel CreateChannel(GrpcChannelOptions? options = null) =>
        GrpcChannel.ForAddress(Address, options ?? new GrpcChannelOptions { MaxReceiveMessageSize = null });

    /// <summary>Refuses new connections and waits for the calls under way.</summary>
    public Task StopAsync(TimeSpan patience) => application.StopAsync(new CancellationTokenSource(patience).Token);

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
    }

    private sealed class TightService : Tight.TightBase
    {
        public override Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) =>
            Task.FromResult(new EchoReply { Text = request.Text });
    }

    private sealed class RoomyService : Roomy.RoomyBase
    {
        public override Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) =>
            Task.FromResult(new EchoReply { Payload = request.Payload });
    }
}
