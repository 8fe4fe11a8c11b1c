using Appliance.Core.Errors;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Takes the methods of one part of a service. A method without a handler is not built.</summary>
/// <param name="builder">Collects the whole service.</param>
/// <param name="isWanted">Whether the method of that name is this part's.</param>
internal sealed class PartBinder(ServerServiceDefinition.Builder builder, Func<string, bool> isWanted) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        if (isWanted(method.Name))
        {
            builder.AddMethod(method, handler ?? ((_, _) => throw NotBuilt(method)));
        }
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        if (isWanted(method.Name))
        {
            builder.AddMethod(method, handler ?? ((_, _) => throw NotBuilt(method)));
        }
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        if (isWanted(method.Name))
        {
            builder.AddMethod(method, handler ?? ((_, _, _) => throw NotBuilt(method)));
        }
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        if (isWanted(method.Name))
        {
            builder.AddMethod(method, handler ?? ((_, _, _) => throw NotBuilt(method)));
        }
    }

    private static ApplianceException NotBuilt(IMethod method) => new(
        ErrorKind.Unimplemented, $"'{method.FullName[1..]}' is not implemented by this appliance.");
}
