using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>Carries the task that a call's token is for from the interceptor to the handler.</summary>
public static class TaskOfCall
{
    private static readonly object Key = new();

    public static void SetTask(this ServerCallContext context, TaskId task) => context.UserState[Key] = task;

    /// <summary>The task that the request names, which must be the one its token is for.</summary>
    /// <exception cref="ApplianceException">PermissionDenied.</exception>
    public static TaskId GetTask(this ServerCallContext context, string named) =>
        context.UserState.TryGetValue(Key, out object? task) && ((TaskId)task).Text == named
            ? (TaskId)task
            : throw new ApplianceException(ErrorKind.PermissionDenied, $"The token of this call is not for task '{named}'.");
}
