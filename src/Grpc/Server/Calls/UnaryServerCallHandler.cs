using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>One request, one response. The request stream need not be closed for the handler to start.</summary>
internal abstract class UnaryServerCallHandler(IMethod method, MethodMarshallers marshallers, HandlerSetup setup)
    : MethodCallHandler(method, marshallers, setup)
{
    protected sealed override async Task InvokeAsync(ServerCall call)
    {
        object request = await call.ReadOneAsync().ConfigureAwait(false);
        Task answering = Call(request, call.Context);
        await answering.ConfigureAwait(false);
        await call.TryEndOneAsync(ResponseOf(answering)).ConfigureAwait(false);
    }

    protected abstract Task Call(object request, ServerCallContext context);

    /// <summary>What a call of the handler that has ended well answers.</summary>
    protected abstract object ResponseOf(Task answered);
}

/// <summary>The part of it that knows the types.</summary>
internal sealed class UnaryServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, HandlerSetup setup, UnaryServerMethod<TRequest, TResponse> handler)
    : UnaryServerCallHandler(method, new MethodMarshallers(method.RequestMarshaller, method.ResponseMarshaller), setup)
    where TRequest : class
    where TResponse : class
{
    protected override Task Call(object request, ServerCallContext context) => handler((TRequest)request, context);

    protected override object ResponseOf(Task answered) => ((Task<TResponse>)answered).Result;
}
