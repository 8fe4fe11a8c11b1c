using Grpc.AspNetCore.Server.Calls;
using Grpc.Core;

namespace Grpc.AspNetCore.Server.Binding;

/// <summary>
/// A method with its handler, whatever its messages are. Nothing here is a generic virtual method: native code resolves
/// those by search, and hundreds of them at start-up took longer than all the rest of it.
/// </summary>
internal abstract class BoundMethod(IMethod method)
{
    public IMethod Method => method;

    /// <summary>Hands the method to a binder of somebody else's.</summary>
    public abstract void AddTo(ServiceBinderBase binder);

    /// <summary>What serves the method's calls.</summary>
    public abstract ServerCallHandler CreateHandler(HandlerSetup setup);

    /// <summary>The same method with a handler that throws.</summary>
    public abstract BoundMethod Refusing(Func<IMethod, Exception> refusal);
}
