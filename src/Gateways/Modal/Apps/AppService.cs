using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Apps;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Sandboxes;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Apps as clients find and list them (contracts/modal.md §3, §9).</summary>
public sealed class AppService(MetadataStore store) : ModalClient.ModalClientBase
{
    private const int ListedMax = 500;

    public override Task<AppGetOrCreateResponse> AppGetOrCreate(AppGetOrCreateRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.GetOrCreateAsync<AppId, AppGetOrCreateResponse>(
            context,
            request,
            ObjectCalls.ToRequest(request.AppName, request.EnvironmentName, request.ObjectCreationType),
            (write, made) =>
            {
                AppRecord record = AppRuns.Record(write, caller, made, request.AppName, AppLife.Deployed, AppTags.Empty);
                AppRows.SetDeployed(write, record.Id, request.AppName);
            },
            (_, found) => new AppGetOrCreateResponse { AppId = found.Id });
    }

    public override Task<AppLookupResponse> AppLookup(AppLookupRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
            new AppLookupResponse { AppId = ObjectDirectory.GetByName<AppId>(read, caller, request.EnvironmentName, request.AppName).Id }));
    }

    public override Task<AppGetByDeploymentNameResponse> AppGetByDeploymentName(
        AppGetByDeploymentNameRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentRecord place = EnvironmentDirectory.Get(read, caller, request.EnvironmentName);
            var response = new AppGetByDeploymentNameResponse { EnvironmentName = place.Name };
            if (ObjectRows.FindByName(read, place.Id, AppId.Prefix, request.Name) is { } found)
            {
                response.AppId = found.Id;
                response.Lifecycle = AppWords.Lifecycle(read, found);
            }

            return response;
        }));
    }

    public override Task<AppGetLifecycleResponse> AppGetLifecycle(AppGetLifecycleRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        AppId id = ObjectId.Read<AppId>(request.AppId);
        return Task.FromResult(store.Read(read => new AppGetLifecycleResponse { Lifecycle = AppWords.Lifecycle(Find(read, caller, id)) }));
    }

    public override Task<AppListResponse> AppList(AppListRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentRecord place = EnvironmentDirectory.Get(read, caller, request.EnvironmentName);
            var response = new AppListResponse();
            foreach (AppRecord app in AppRows.List(read, place.Id, ListedMax))
            {
                response.Apps.Add(new AppListResponse.Types.AppListItem
                {
                    AppId = app.Id.Text,
                    Description = app.Description,
                    Name = app.State == AppLife.Deployed ? app.Description : "",
                    State = AppWords.ToState(app.State),
                    CreatedAt = ObjectCalls.ToUnixSeconds(app.CreatedAt),
                    StoppedAt = app.StoppedAt is { } stopped ? ObjectCalls.ToUnixSeconds(stopped) : 0,
                    NRunningTasks = app.StoppedAt is null ? SandboxRows.ListLive(read, app.Id).Count : 0,
                });
            }

            return response;
        }));
    }

    public override Task<Empty> AppSetTags(AppSetTagsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            AppRows.SetTags(write, AppPublication.Get(write, caller, request.AppId).Id, AppTags.Write(request.Tags));
            return new Empty();
        });
    }

    public override Task<AppGetTagsResponse> AppGetTags(AppGetTagsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
            new AppGetTagsResponse { Tags = { AppTags.Read(AppPublication.Get(read, caller, request.AppId).Tags) } }));
    }

    /// <summary>An app, also one that has stopped.</summary>
    internal static AppRecord Find(ReadTransaction read, Caller caller, AppId id) =>
        AppRows.Find(read, id) is { } found && found.WorkspaceId.Equals(caller.WorkspaceId)
            ? found
            : throw new ApplianceException(ErrorKind.NotFound, $"App '{id}' not found: it never existed, or stopped long ago.");
}
