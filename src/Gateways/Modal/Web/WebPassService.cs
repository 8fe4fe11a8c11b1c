using Appliance.Core.Errors;
using Appliance.Engine.Functions;
using Appliance.Gateways.Calls;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Web;

/// <summary>Lets those who may call the appliance call web functions that ask for a token, as <c>modal curl</c> does.</summary>
public sealed class WebPassService(MetadataStore store, WebAccess access) : ModalClient.ModalClientBase
{
    /// <exception cref="ApplianceException">InvalidArgument: no address of a web function here. The pass would go to that host.</exception>
    public override Task<CurlAuthTokenResponse> CurlGetAuthToken(CurlAuthTokenRequest request, ServerCallContext context)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out Uri? url) || store.Read(read => WebHost.Find(read, url)) is not { } host)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{request.Url}' is not the address of a web function of this appliance: use curl itself for it.");
        }

        return Task.FromResult(new CurlAuthTokenResponse { Token = access.IssuePass(context.GetCaller(), host.Name) });
    }

    /// <exception cref="ApplianceException">InvalidArgument: no such kind of id. NotFound. FailedPrecondition: it is no web function.</exception>
    public override Task<FunctionGetFlashAuthTokenResponse> FunctionGetFlashAuthToken(FunctionGetFlashAuthTokenRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        WebHost host = store.Read(read => WebHost.Find(read, FunctionDirectory.Get(read, caller, request.FunctionId).Id)) ?? throw new ApplianceException(
            ErrorKind.FailedPrecondition, $"Function '{request.FunctionId}' has no web address that a token could open.");
        return Task.FromResult(new FunctionGetFlashAuthTokenResponse { Token = access.IssuePass(caller, host.Name) });
    }
}
