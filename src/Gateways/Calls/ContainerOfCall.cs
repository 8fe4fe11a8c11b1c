using Appliance.Core.Errors;
using Appliance.Engine.Sandboxes;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Carries the container that makes a call from the interceptor to the handler.</summary>
public static class ContainerOfCall
{
    private static readonly object Key = new();

    public static void SetContainer(this ServerCallContext context, LiveSandbox container) => context.UserState[Key] = container;

    /// <summary>The container that makes the call; null for a client outside.</summary>
    public static LiveSandbox? FindContainer(this ServerCallContext context) =>
        context.UserState.TryGetValue(Key, out object? container) ? (LiveSandbox)container : null;

    /// <summary>The container of a function that makes the call.</summary>
    /// <exception cref="ApplianceException">PermissionDenied: it comes from somebody else.</exception>
    public static LiveSandbox GetFunctionContainer(this ServerCallContext context) =>
        context.FindContainer() is { Definition.Function: not null } container
            ? container
            : throw new ApplianceException(ErrorKind.PermissionDenied, $"'{context.Method[1..]}' is for containers of functions.");
}
