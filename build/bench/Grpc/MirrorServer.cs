using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Appliance.Bench.Grpc.Protos;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Appliance.Bench.Grpc;

/// <summary>
/// One Kestrel with two ways to get a body back: a generated gRPC service, and a bare endpoint that knows nothing of
/// messages but, like a unary method, has the whole body before it answers.
/// </summary>
internal sealed class MirrorServer(WebApplication application) : IAsyncDisposable
{
    public const string GrpcPath = "/appliance.bench.Mirror/Reflect";
    public const string BarePath = "/bare/echo";

    public string Address => application.Urls.First();

    public static async Task<MirrorServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 8 * 1024 * 1024;
            kestrel.Limits.Http2.InitialStreamWindowSize = 4 * 1024 * 1024;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddSingleton<MirrorService>();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = 100 * 1024 * 1024);
        WebApplication application = builder.Build();
        application.Map(BarePath, EchoAsync);
        application.MapGrpcService<MirrorService>();
        await application.StartAsync();
        return new MirrorServer(application);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private static async Task EchoAsync(HttpContext http)
    {
        PipeReader body = http.Request.BodyReader;
        ReadResult read = await body.ReadAsync();
        while (!read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await body.ReadAsync();
        }

        http.Response.ContentType = "application/grpc";
        foreach (ReadOnlyMemory<byte> segment in read.Buffer)
        {
            http.Response.BodyWriter.Write(segment.Span);
        }

        body.AdvanceTo(read.Buffer.End);
        await http.Response.BodyWriter.FlushAsync();
    }

    private sealed class MirrorService : Mirror.MirrorBase
    {
        public override Task<Parcel> Reflect(Parcel request, ServerCallContext context) => Task.FromResult(request);
    }
}
