using System.Text;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Images mounted into running containers (contracts/sandbox.md §3).</summary>
public sealed class TaskMountService(TaskProcesses processes, SandboxMounts mounts) : TaskCommandRouter.TaskCommandRouterBase
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override async Task<Empty> TaskMountDirectory(TaskMountDirectoryRequest request, ServerCallContext context)
    {
        Container container = await FindAsync(request.TaskId, request.ContainerId, context);
        mounts.Mount(
            container,
            ReadPath(request.Path),
            request.ImageId,
            request.HasCustomerSuppliedEncryptionKey ? request.CustomerSuppliedEncryptionKey.Memory : (ReadOnlyMemory<byte>?)null);
        return new Empty();
    }

    public override async Task<Empty> TaskUnmountDirectory(TaskUnmountDirectoryRequest request, ServerCallContext context)
    {
        mounts.Unmount(await FindAsync(request.TaskId, request.ContainerId, context), ReadPath(request.Path));
        return new Empty();
    }

    /// <exception cref="ApplianceException">InvalidArgument: it is no text.</exception>
    internal static string ReadPath(ByteString path)
    {
        try
        {
            return Strict.GetString(path.Span);
        }
        catch (DecoderFallbackException cause)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "A path here must be UTF-8.", cause);
        }
    }

    /// <exception cref="ApplianceException">NotFound: it names another container than the sandbox's own.</exception>
    internal static void RefuseSidecar(string container)
    {
        if (container.Length > 0)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Container '{container}' not found: the sandbox has no other container than its own.");
        }
    }

    private async Task<Container> FindAsync(string named, string containerId, ServerCallContext context)
    {
        TaskId task = context.GetTask(named);
        RefuseSidecar(containerId);
        if (processes.GetLive(task).Definition.Runtime is "gvisor")
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, "Nothing can be mounted into a running container of gVisor, whose file systems are its own.");
        }

        return await processes.GetContainerAsync(task, context.CancellationToken);
    }
}
