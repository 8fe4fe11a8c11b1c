using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Apps;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>
/// Apps that a client begins, keeps alive and ends (contracts/modal.md §2): so far those without functions, such as the
/// one around <c>modal shell</c>.
/// </summary>
public sealed class AppRunService(MetadataStore store, EphemeralApps apps, PublicAddress address, DrainSignal drain) : ModalClient.ModalClientBase
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    public override Task<AppCreateResponse> AppCreate(AppCreateRequest request, ServerCallContext context)
    {
        if (request.AppState is not (AppState.Ephemeral or AppState.Unspecified))
        {
            throw NotYet("apps that outlive their client (deploy, --detach)");
        }

        Caller caller = context.GetCaller();
        var wanted = new ObjectRequest("", request.EnvironmentName, CreationMode.Ephemeral, Life: EphemeralApps.Life);
        return store.WriteOnceAsync(context, request, write =>
        {
            string id = ObjectDirectory.Create<AppId>(write, caller, wanted).Id;
            return new AppCreateResponse { AppId = id, AppPageUrl = address.HttpUrl("/apps/" + id), AppLogsUrl = address.HttpUrl("/apps/" + id) };
        });
    }

    public override async Task<Empty> AppHeartbeat(AppHeartbeatRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        await store.WriteAsync(
            write =>
            {
                try
                {
                    ObjectDirectory.Heartbeat<AppId>(write, caller, request.AppId, EphemeralApps.Life);
                }
                catch (ApplianceException gone) when (gone.Kind == ErrorKind.NotFound)
                {
                    throw new ApplianceException(ErrorKind.FailedPrecondition, $"App '{request.AppId}' has stopped: run it again.", gone);
                }
            },
            context.CancellationToken);
        return new Empty();
    }

    public override Task<AppPublishResponse> AppPublish(AppPublishRequest request, ServerCallContext context)
    {
        if (request.FunctionIds.Count + request.ClassIds.Count > 0 || request.AppState == AppState.Deployed)
        {
            throw NotYet("functions, classes and deployments");
        }

        Caller caller = context.GetCaller();
        string id = store.Read(read => ObjectDirectory.Get<AppId>(read, caller, request.AppId)).Id;
        return Task.FromResult(new AppPublishResponse { Url = address.HttpUrl("/apps/" + id) });
    }

    public override async Task<Empty> AppClientDisconnect(AppClientDisconnectRequest request, ServerCallContext context)
    {
        await apps.EndAsync(context.GetCaller(), ObjectId.Read<AppId>(request.AppId), context.CancellationToken);
        return new Empty();
    }

    /// <summary>Sandboxes have streams of their own, so an app without functions has nothing to say but its end.</summary>
    public override async Task AppGetLogs(
        AppGetLogsRequest request, IServerStreamWriter<TaskLogsBatch> responses, ServerCallContext context)
    {
        if (request.AppId.Length == 0)
        {
            throw request.TaskId.Length + request.SandboxId.Length > 0
                ? NotYet("logs of a single task")
                : new ApplianceException(ErrorKind.InvalidArgument, "Whose logs? The request names no app.");
        }

        var app = ObjectId.Read<AppId>(request.AppId);
        Task ended = apps.WhenEndedAsync(app);
        var wanted = TimeSpan.FromSeconds(Math.Clamp(request.Timeout, 0, (float)LongestHold.TotalSeconds));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        await ended.WaitAsync(wanted, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.CancellationToken.ThrowIfCancellationRequested();
        if (ended.IsCompleted)
        {
            await responses.WriteAsync(new TaskLogsBatch { AppDone = true });
        }
    }

    private static ApplianceException NotYet(string what) =>
        new(ErrorKind.Unimplemented, $"This appliance does not have {what} yet: sandboxes work, see Sandbox.create.");
}
