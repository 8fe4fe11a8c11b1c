using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Tests.EndToEnd;

/// <summary>Every method of every protocol is known to the published server: what is not built says so, by name.</summary>
public sealed class RegisteredMethodTests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    private static readonly FileDescriptor[] Files =
    [
        Protos.Modal.ApiReflection.Descriptor,
        Protos.CommandRouter.TaskCommandRouterReflection.Descriptor,
        Protos.Fn.RunnerReflection.Descriptor,
        Protos.Jina.V2.JinaReflection.Descriptor,
        Protos.Jina.Legacy.JinaReflection.Descriptor,
        Protos.Kubeflow.RunReflection.Descriptor,
        Protos.Kubeflow.ExperimentReflection.Descriptor,
        Protos.Kubeflow.PipelineReflection.Descriptor,
        Protos.Kubeflow.HealthzReflection.Descriptor,
        Protos.Kubeflow.FilterReflection.Descriptor,
    ];

    [Fact]
    public async Task Call_OfEachMethod_IsServedOrNamedAsNotImplemented()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        var faults = new List<string>();
        int unbuilt = 0;
        foreach (MethodDescriptor method in Files.SelectMany(file => file.Services).SelectMany(service => service.Methods))
        {
            Status status = await CallAsync(server, method);
            unbuilt += status.StatusCode == StatusCode.Unimplemented ? 1 : 0;
            if (IsForOneTask(status))
            {
                // The command router's calls need a token of a task, and are known to it before they are refused.
                Assert.Equal(Protos.CommandRouter.TaskCommandRouterReflection.Descriptor, method.File);
            }
            else if (status.StatusCode is StatusCode.Unknown or StatusCode.Internal or StatusCode.Unauthenticated
                || (status.StatusCode == StatusCode.Unimplemented && status.Detail != $"'{method.Service.FullName}/{method.Name}' is not implemented by this appliance."))
            {
                faults.Add($"{method.FullName}: {status}");
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(unbuilt > 100, "The list of methods is not what it was: too few are left unbuilt.");
    }

    [Fact]
    public async Task Call_WithoutCredentials_IsRefusedWhateverTheMethod()
    {
        using var data = new DataFolder();
        await using PublishedAppliance server = await PublishedAppliance.StartAsync(data.Path);
        string[] open = ["TokenFlowCreate", "TokenFlowWait"];
        foreach (MethodDescriptor method in Protos.Modal.ApiReflection.Descriptor.Services[0].Methods.Where(method => !open.Contains(method.Name)))
        {
            Status status = await CallAsync(server, method, credentials: []);
            Assert.True(status.StatusCode == StatusCode.Unauthenticated, $"{method.Name}: {status}");
        }
    }

    private static bool IsForOneTask(Status status) =>
        status.StatusCode == StatusCode.Unauthenticated && status.Detail.StartsWith("The task's token is missing", StringComparison.Ordinal);

    private static Task<Status> CallAsync(PublishedAppliance server, MethodDescriptor method) =>
        CallAsync(server, method, server.Credentials);

    /// <summary>An empty message is a valid one of any type, and a stream of one request fits all four kinds.</summary>
    private static async Task<Status> CallAsync(PublishedAppliance server, MethodDescriptor method, global::Grpc.Core.Metadata credentials)
    {
        var raw = new Method<byte[], byte[]>(MethodType.ServerStreaming, method.Service.FullName, method.Name, Bytes, Bytes);
        using AsyncServerStreamingCall<byte[]> call = server.Channel.CreateCallInvoker().AsyncServerStreamingCall(
            raw, null, new CallOptions(credentials, DateTime.UtcNow.AddSeconds(10)), []);
        try
        {
            await foreach (byte[] _ in call.ResponseStream.ReadAllAsync())
            {
                // What it answers is another test's business.
            }

            return call.GetStatus();
        }
        catch (RpcException failure)
        {
            return failure.Status;
        }
    }
}
