using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Appliance.Tests.EndToEnd;

/// <summary>Health and reflection, as probes and tools use them.</summary>
public sealed class StandardServiceTests
{
    [Fact]
    public async Task Health_Watched_TellsServingAndThenThatTheServerStops()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var client = new Health.HealthClient(server.Channel);
        using AsyncServerStreamingCall<HealthCheckResponse> watch =
            client.Watch(new HealthCheckRequest { Service = "modal.client.ModalClient" });
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);

        Task<(int ExitStatus, string Log)> stopping = server.StopAsync();

        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        Assert.Equal(0, (await stopping).ExitStatus);
    }

    [Fact]
    public async Task Health_OfAnUnknownService_IsNotFound()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);

        RpcException refusal = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Health.HealthClient(server.Channel).CheckAsync(new HealthCheckRequest { Service = "no.such" }));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Reflection_InEitherVersion_DescribesTheServices(string service)
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var raw = new Method<byte[], byte[]>(MethodType.DuplexStreaming, service, "ServerReflectionInfo", Bytes, Bytes);
        using AsyncDuplexStreamingCall<byte[], byte[]> call =
            server.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(raw, null, new CallOptions(server.Credentials));

        ServerReflectionResponse list = await AskAsync(call, new ServerReflectionRequest { ListServices = "" });
        ServerReflectionResponse file = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = "modal.client.ModalClient.AppCreate" });
        ServerReflectionResponse unknown = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = "no.such" });

        Assert.Contains("modal.client.ModalClient", list.ListServicesResponse.Service.Select(found => found.Name));
        Assert.True(file.FileDescriptorResponse.FileDescriptorProto.Count > 30, "The file comes without its imports.");
        Assert.Equal((int)StatusCode.NotFound, unknown.ErrorResponse.ErrorCode);
        await call.RequestStream.CompleteAsync();
    }

    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static async Task<ServerReflectionResponse> AskAsync(AsyncDuplexStreamingCall<byte[], byte[]> call, ServerReflectionRequest request)
    {
        await call.RequestStream.WriteAsync(Google.Protobuf.MessageExtensions.ToByteArray(request));
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return ServerReflectionResponse.Parser.ParseFrom(call.ResponseStream.Current);
    }
}
