using Grpc.Core;
#if !GRPC_ASPNETCORE
using Grpc.AspNetCore.Server.Binding;
#endif

namespace Appliance.Gateways.Calls;

#if !GRPC_ASPNETCORE
/// <summary>Picks methods of several definitions for a new one.</summary>
/// <param name="refusal">What a method throws that nobody has written.</param>
internal sealed class MethodSelection(Func<IMethod, Exception> refusal)
{
    private readonly List<BoundMethod> chosen = [];

    public void Take(ServerServiceDefinition definition, Func<string, bool> isWanted) =>
        chosen.AddRange(definition.Methods.Where(bound => isWanted(bound.Method.Name)));

    public void Refuse(ServerServiceDefinition definition, Func<string, bool> isWanted) => chosen.AddRange(
        definition.Methods.Where(bound => isWanted(bound.Method.Name)).Select(bound => bound.Refusing(refusal)));

    public ServerServiceDefinition Build() => new([.. chosen]);
}
#else
/// <summary>The same through the public shape of Grpc.Core alone, which takes a search for each method at start-up.</summary>
/// <param name="refusal">What a method throws that nobody has written.</param>
internal sealed class MethodSelection(Func<IMethod, Exception> refusal)
{
    private readonly ServerServiceDefinition.Builder builder = ServerServiceDefinition.CreateBuilder();

    public void Take(ServerServiceDefinition definition, Func<string, bool> isWanted) =>
        definition.BindService(new Binder(builder, isWanted, null));

    public void Refuse(ServerServiceDefinition definition, Func<string, bool> isWanted) =>
        definition.BindService(new Binder(builder, isWanted, refusal));

    public ServerServiceDefinition Build() => builder.Build();

    private sealed class Binder(
        ServerServiceDefinition.Builder builder, Func<string, bool> isWanted, Func<IMethod, Exception>? refusal) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
        {
            if (isWanted(method.Name))
            {
                builder.AddMethod(method, refusal is null ? handler! : (_, _) => throw refusal(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (isWanted(method.Name))
            {
                builder.AddMethod(method, refusal is null ? handler! : (_, _) => throw refusal(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (isWanted(method.Name))
            {
                builder.AddMethod(method, refusal is null ? handler! : (_, _, _) => throw refusal(method));
            }
        }

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
        {
            if (isWanted(method.Name))
            {
                builder.AddMethod(method, refusal is null ? handler! : (_, _, _) => throw refusal(method));
            }
        }
    }
}
#endif
