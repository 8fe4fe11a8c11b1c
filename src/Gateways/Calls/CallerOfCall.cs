using Appliance.Identity;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Carries the verified caller from the interceptor to the handler.</summary>
public static class CallerOfCall
{
    private static readonly object Key = new();

    public static void SetCaller(this ServerCallContext context, Caller caller) => context.UserState[Key] = caller;

    /// <summary>The caller of a method that demands credentials.</summary>
    public static Caller GetCaller(this ServerCallContext context) =>
        context.UserState.TryGetValue(Key, out object? caller)
            ? (Caller)caller
            : throw new InvalidOperationException($"'{context.Method}' is open to everybody and so has no caller.");
}
