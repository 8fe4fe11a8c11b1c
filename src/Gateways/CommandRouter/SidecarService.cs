using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;
using Appliance.Gateways.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.CommandRouter;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Containers beside a sandbox's main one (contracts/sandbox.md §3).</summary>
public sealed class SidecarService(TaskProcesses processes, SidecarDesk sidecars) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskContainerCreateResponse> TaskContainerCreate(TaskContainerCreateRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        var definition = new SidecarDefinition
        {
            ImageId = request.ImageId,
            Arguments = [.. request.Args],
            SecretIds = [.. request.SecretIds],
            Volumes = [.. request.VolumeMounts.Select(mount => new SandboxVolume(mount.VolumeId, mount.MountPath, mount.ReadOnly, mount.HasSubPath ? mount.SubPath : null))],
            WorkingDirectory = request.Workdir.Length > 0 ? request.Workdir : null,
            Terminal = request.PtyInfo is { Enabled: true } pty ? new SandboxTerminal(pty.WinszRows, pty.WinszCols) : null,
        };
        await processes.GetContainerAsync(task, context.CancellationToken);
        SidecarRecord created = await sidecars.CreateAsync(
            processes.GetLive(task),
            new SidecarRequest(
                request.ContainerName,
                definition,
                [.. ContainerWords.ToVariables(request.SecretSources), VariableSource.Of(request.Env)],
                request.NetworkAccess is { } access ? ContainerWords.ToNetwork(access) : null),
            context.CancellationToken);
        return new TaskContainerCreateResponse { ContainerId = created.Id.Text, ContainerName = created.Name };
    }

    public override Task<TaskContainerGetResponse> TaskContainerGet(TaskContainerGetRequest request, ServerCallContext context)
    {
        SidecarRecord found = List(context.GetTask(request.TaskId), request.IncludeTerminated).LastOrDefault(each => each.Name == request.ContainerName)
            ?? throw new ApplianceException(ErrorKind.NotFound, $"Task '{request.TaskId}' has no container '{request.ContainerName}'.");
        return Task.FromResult(new TaskContainerGetResponse { Container = Describe(found) });
    }

    public override Task<TaskContainerListResponse> TaskContainerList(TaskContainerListRequest request, ServerCallContext context)
    {
        var response = new TaskContainerListResponse();
        response.Containers.AddRange(List(context.GetTask(request.TaskId), request.IncludeTerminated).Select(Describe));
        return Task.FromResult(response);
    }

    public override async Task<TaskContainerWaitResponse> TaskContainerWait(TaskContainerWaitRequest request, ServerCallContext context)
    {
        var time = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, int.MaxValue / 1000));
        SidecarRecord? ended = await sidecars.WaitAsync(context.GetTask(request.TaskId), request.ContainerId, time, context.CancellationToken);
        return new TaskContainerWaitResponse { Result = ended is null ? null : ToResult(ended) };
    }

    public override async Task<TaskContainerTerminateResponse> TaskContainerTerminate(
        TaskContainerTerminateRequest request, ServerCallContext context)
    {
        await sidecars.TerminateAsync(context.GetTask(request.TaskId), request.ContainerId);
        return new TaskContainerTerminateResponse();
    }

    private IEnumerable<SidecarRecord> List(TaskId task, bool includeEnded) =>
        sidecars.List(task).Where(each => includeEnded || each.EndedAt is null);

    private static TaskContainerInfo Describe(SidecarRecord record) => new()
    {
        ContainerId = record.Id.Text,
        ContainerName = record.Name,
        Status = record.EndedAt is null ? "running" : "terminated",
        Result = record.EndedAt is null ? null : ToResult(record),
    };

    private static Protos.Modal.GenericResult ToResult(SidecarRecord record) =>
        ContainerWords.ToResult(new SandboxResult(record.Ending!.Value, record.ExitCode, record.Message));
}
