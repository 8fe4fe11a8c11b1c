using Appliance.Core.Errors;
using Appliance.Engine.Logs;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>
/// Connects who runs an app interactively with a function that has stopped to be looked at: the client that follows the
/// app's log is told to send what is typed, by ContainerExecPutInput under the container's own id.
/// </summary>
public sealed class ShellService(AppLogs logs) : ModalClient.ModalClientBase
{
    /// <exception cref="ApplianceException">FailedPrecondition: the function was not made for it.</exception>
    public override Task<Empty> FunctionStartPtyShell(Empty request, ServerCallContext context)
    {
        LiveSandbox container = context.GetFunctionContainer();
        if (container.Definition.Terminal is null)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{container.TaskId}' has no terminal: run its app with 'modal run -i'.");
        }

        logs.Mark(container, AppLogEntry.ShellBegins);
        return Task.FromResult(new Empty());
    }
}
