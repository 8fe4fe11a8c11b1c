using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Apps;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Schedules;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Gateways.Modal.Web;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;
using AppLayout = Appliance.Engine.Functions.AppLayout;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>Versions of apps: published, listed, taken back (contracts/modal.md §3).</summary>
public sealed class AppDeployService(MetadataStore store, FunctionPools pools, FunctionSchedules schedules, WebNames web, PublicAddress address) : ModalClient.ModalClientBase
{
    public override async Task<AppPublishResponse> AppPublish(AppPublishRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        string? name = request.AppState == AppState.Deployed ? request.Name : null;
        AppPublishResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            AppRecord app = AppPublication.Get(write, caller, request.AppId);
            var layout = new AppLayout(
                request.FunctionIds.ToDictionary(
                    each => each.Key, each => AppPublication.Choose(write, each.Value, request.DefinitionIds.TryGetValue(each.Value, out string? chosen) ? chosen : "")),
                request.ClassIds.ToDictionary(each => each.Key, each => each.Value));
            if (request.Staged)
            {
                AppPublication.Stage(write, caller, app, layout, Facts(request).ToByteArray());
                return Published(app, write);
            }

            AppPublication.Publish(write, caller, app, layout, Facts(request).ToByteArray(), name);
            if (request.Tags.Count > 0)
            {
                AppRows.SetTags(write, app.Id, AppTags.Write(request.Tags));
            }

            AppPublishResponse published = Published(app, write);
            published.ServerWarnings.AddRange(web.WarnOfPorts(write, layout.Functions.Values.Select(each => FunctionId.FromText(each.Id))));
            return published;
        });
        if (!request.Staged)
        {
            Refresh(ObjectId.Read<AppId>(request.AppId));
        }

        return response;
    }

    public override Task<AppGetLayoutResponse> AppGetLayout(AppGetLayoutRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            AppRecord app = AppPublication.Get(read, caller, request.AppId);
            var layout = new Protos.Modal.AppLayout();
            if (AppVersionRows.Find(read, app.Id, app.Version) is { } version)
            {
                AppLayout stored = AppLayout.Read(version.Layout);
                layout.FunctionIds.Add(stored.Functions.ToDictionary(each => each.Key, each => each.Value.Id));
                layout.ClassIds.Add(stored.Classes.ToDictionary(each => each.Key, each => each.Value));
            }

            return new AppGetLayoutResponse { AppLayout = layout };
        }));
    }

    public override Task<AppDeploymentHistoryResponse> AppDeploymentHistory(AppDeploymentHistoryRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            AppRecord app = AppPublication.Get(read, caller, request.AppId);
            var response = new AppDeploymentHistoryResponse { ProductionAppVersion = (uint)app.Version };
            foreach (AppVersionRecord version in AppVersionRows.List(read, app.Id))
            {
                AppDeploymentHistory entry = Protos.Modal.AppDeploymentHistory.Parser.ParseFrom(version.Facts);
                entry.AppId = app.Id.Text;
                entry.Version = (uint)version.Version;
                entry.DeployedAt = ObjectCalls.ToUnixSeconds(version.DeployedAt);
                entry.DeployedBy = version.DeployedBy;
                entry.RollbackAllowed = version.Version != app.Version && entry.DeploymentType != DeploymentType.Staged;
                response.AppDeploymentHistories.Add(entry);
            }

            return response;
        }));
    }

    public override async Task<AppRollbackResponse> AppRollback(AppRollbackRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        AppRollbackResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            (string url, double at) = DeployAgain(write, caller, request.AppId, request.Version, isStaged: false);
            return new AppRollbackResponse { Url = url, DeployedAt = at };
        });
        Refresh(ObjectId.Read<AppId>(request.AppId));
        return response;
    }

    /// <summary>Deploys a version that was staged.</summary>
    public override async Task<AppPromoteResponse> AppPromote(AppPromoteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        AppPromoteResponse response = await store.WriteOnceAsync(context, request, write =>
        {
            (string url, double at) = DeployAgain(write, caller, request.AppId, request.Version, isStaged: true);
            return new AppPromoteResponse { Url = url, DeployedAt = at };
        });
        Refresh(ObjectId.Read<AppId>(request.AppId));
        return response;
    }

    /// <summary>The same version again: containers are replaced by new ones.</summary>
    public override async Task<AppRolloverResponse> AppRollover(AppRolloverRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        AppRecord app = store.Read(read => AppPublication.Get(read, caller, request.AppId));
        foreach (FunctionRecord function in store.Read(read => FunctionRows.List(read, app.Id)))
        {
            pools.Find(function.Id)?.Rollover();
        }

        return await store.WriteOnceAsync(context, request, write =>
        {
            AppVersionRecord version = AppVersionRows.Find(write, app.Id, app.Version) ?? throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"App '{app.Description}' has not been deployed yet.");
            AppDeploymentHistory facts = Protos.Modal.AppDeploymentHistory.Parser.ParseFrom(version.Facts);
            facts.DeploymentType = DeploymentType.Rollover;
            AppPublication.Publish(write, caller, app, AppLayout.Read(version.Layout), facts.ToByteArray(), app.Description);
            return new AppRolloverResponse { Url = address.HttpUrl("/apps/" + app.Id), DeployedAt = ObjectCalls.ToUnixSeconds(write.Now) };
        });
    }

    private static AppDeploymentHistory Facts(AppPublishRequest request) => new()
    {
        ClientVersion = request.ClientVersion,
        Tag = request.DeploymentTag,
        CommitInfo = request.CommitInfo,
        DeploymentType = request.Staged ? DeploymentType.Staged : DeploymentType.Standard,
    };

    /// <summary>Makes a version of before, or one that was staged, the present one.</summary>
    private (string Url, double At) DeployAgain(WriteTransaction write, Caller caller, string appId, int wanted, bool isStaged)
    {
        AppRecord app = AppPublication.Get(write, caller, appId);
        (AppVersionRecord version, AppDeploymentHistory facts) = FindVersion(write, app, wanted);
        if (facts.DeploymentType == DeploymentType.Staged != isStaged)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"Version {version.Version} of app '{app.Description}' was {(isStaged ? "deployed: 'modal app rollback' goes back to it" : "staged: 'modal app promote' deploys it")}.");
        }

        facts.RollbackVersion = (uint)version.Version;
        facts.DeploymentType = isStaged ? DeploymentType.Promotion : DeploymentType.Rollback;
        AppPublication.Publish(write, caller, app, AppLayout.Read(version.Layout), facts.ToByteArray(), app.Description);
        return (address.HttpUrl("/apps/" + app.Id), ObjectCalls.ToUnixSeconds(write.Now));
    }

    /// <summary>A version by its number; a negative one is the one deployed before the present one.</summary>
    private static (AppVersionRecord Version, AppDeploymentHistory Facts) FindVersion(ReadTransaction read, AppRecord app, int wanted)
    {
        foreach (AppVersionRecord version in AppVersionRows.List(read, app.Id))
        {
            AppDeploymentHistory facts = Protos.Modal.AppDeploymentHistory.Parser.ParseFrom(version.Facts);
            if (version.Version == wanted || (wanted < 0 && version.Version < app.Version && facts.DeploymentType != DeploymentType.Staged))
            {
                return (version, facts);
            }
        }

        throw new ApplianceException(
            ErrorKind.NotFound,
            $"App '{app.Description}' has no {(wanted < 0 ? "version before the present one" : $"version {wanted}")}; 'modal app history' lists what there is.");
    }

    private AppPublishResponse Published(AppRecord app, WriteTransaction write) =>
        new() { Url = address.HttpUrl("/apps/" + app.Id), DeployedAt = ObjectCalls.ToUnixSeconds(write.Now) };

    private void Refresh(AppId app)
    {
        schedules.Wake();
        foreach (FunctionId id in store.Read(read => FunctionRows.List(read, app)).Select(each => each.Id))
        {
            pools.Refresh(id);
        }
    }
}
