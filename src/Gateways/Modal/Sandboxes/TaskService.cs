using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Containers as the client's <c>container</c> commands see them (contracts/modal.md §9): those of sandboxes and of functions.</summary>
public sealed class TaskService(MetadataStore store, SandboxDirectory directory, SandboxSupervisor supervisor, FunctionPools pools) : ModalClient.ModalClientBase
{
    public override Task<TaskListResponse> TaskList(TaskListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentRecord place = EnvironmentDirectory.Get(read, caller, request.EnvironmentName);
            var response = new TaskListResponse();
            foreach (SandboxRecord sandbox in SandboxRows.ListLive(read))
            {
                if (sandbox.EnvironmentId.Equals(place.Id) && (request.AppId.Length == 0 || sandbox.AppId.Text == request.AppId))
                {
                    response.Tasks.Add(new TaskStats
                    {
                        TaskId = sandbox.TaskId.Text,
                        AppId = sandbox.AppId.Text,
                        AppDescription = ObjectRows.Find(read, sandbox.AppId.Text)?.Name ?? "",
                        EnqueuedAt = ObjectCalls.ToUnixSeconds(sandbox.CreatedAt),
                        StartedAt = sandbox.StartedAt is { } started ? ObjectCalls.ToUnixSeconds(started) : 0,
                    });
                }
            }

            return response;
        }));
    }

    public override Task<TaskGetInfoResponse> TaskGetInfo(TaskGetInfoRequest request, ServerCallContext context)
    {
        SandboxRecord sandbox = Get(request.TaskId, context);
        var info = new TaskInfo
        {
            Id = sandbox.TaskId.Text,
            SandboxId = sandbox.Id.Text,
            EnqueuedAt = ObjectCalls.ToUnixSeconds(sandbox.CreatedAt),
            StartedAt = sandbox.StartedAt is { } started ? ObjectCalls.ToUnixSeconds(started) : 0,
            FinishedAt = sandbox.EndedAt is { } ended ? ObjectCalls.ToUnixSeconds(ended) : 0,
        };
        if (SandboxResult.Of(sandbox) is { } result)
        {
            info.Result = ContainerWords.ToResult(result);
        }

        return Task.FromResult(new TaskGetInfoResponse { AppId = sandbox.AppId.Text, Info = info });
    }

    /// <summary>A function's container may finish what it works on; a sandbox has nothing to finish.</summary>
    public override async Task<ContainerStopResponse> ContainerStop(ContainerStopRequest request, ServerCallContext context)
    {
        SandboxRecord task = Get(request.TaskId, context);
        if (task.FunctionId is { } function && pools.Find(function) is { } pool)
        {
            pool.StopContainer(task.TaskId, request.Graceful);
        }
        else
        {
            await supervisor.EndAsync(task.Id, SandboxEnding.Terminated);
        }

        return new ContainerStopResponse();
    }

    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound.</exception>
    private SandboxRecord Get(string task, ServerCallContext context) =>
        directory.GetByTask(context.GetCaller(), ObjectId.Read<TaskId>(task));
}
