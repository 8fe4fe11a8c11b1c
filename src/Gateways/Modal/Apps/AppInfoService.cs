using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Functions;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Grpc.Core;
using AppLayout = Appliance.Engine.Functions.AppLayout;

namespace Appliance.Gateways.Modal.Apps;

/// <summary>What an app has, as the JS client's <c>app.info()</c> asks for it.</summary>
public sealed class AppInfoService(MetadataStore store) : ModalClient.ModalClientBase
{
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the app never existed, or stopped long ago.</exception>
    public override Task<AppGetInfoResponse> AppGetInfo(AppGetInfoRequest request, ServerCallContext context) => Task.FromResult(store.Read(read =>
    {
        AppRecord app = AppService.Find(read, context.GetCaller(), ObjectId.Read<AppId>(request.AppId));
        var response = new AppGetInfoResponse { Info = AppWords.Describe(read, app) };
        if (AppVersionRows.Find(read, app.Id, app.Version) is { } version)
        {
            foreach ((string tag, Engine.Functions.AppFunction function) in AppLayout.Read(version.Layout).Functions)
            {
                Describe(read, response, tag, function);
            }
        }

        return response;
    }));

    private static void Describe(ReadTransaction read, AppGetInfoResponse response, string tag, Engine.Functions.AppFunction function)
    {
        if (FunctionDefinitionRows.Find(read, DefinitionId.FromText(function.DefinitionId)) is not { } definition)
        {
            return;
        }

        Function sent = FunctionWords.ReadSent(definition.Sent);
        (ServerWords.IsServer(sent) ? response.Info.Servers : response.Info.Functions).Add(tag, function.Id);
        var summary = new AppGetInfoResponse.Types.FunctionInfoSummary { WebFunction = sent.WebhookConfig is { Type: not WebhookType.Unspecified } };
        if (sent.Resources?.GpuConfig is { } gpu)
        {
            summary.GpuConfig.Add(gpu);
        }

        if (sent.Schedule is { } schedule)
        {
            summary.Schedule = schedule;
        }

        if (summary.WebFunction)
        {
            summary.RequiresProxyAuth = sent.WebhookConfig.RequiresProxyAuth;
        }

        response.FunctionInfoSummaries.Add(tag, summary);
    }
}
