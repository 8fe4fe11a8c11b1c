using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>Makes a definition of what a generated bind method adds.</summary>
internal sealed class DefinitionCollector : ServiceBinderBase
{
    private readonly ServerServiceDefinition.Builder builder = ServerServiceDefinition.CreateBuilder();

    public ServerServiceDefinition Build() => builder.Build();

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) => builder.AddMethod(method, handler!);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        builder.AddMethod(method, handler!);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        builder.AddMethod(method, handler!);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        builder.AddMethod(method, handler!);
}
