using Appliance.Core.Errors;
using Appliance.Gateways.Calls;
using Appliance.Metadata;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Web;

/// <summary>Lets <c>modal curl</c> call a web function that asks for a token.</summary>
public sealed class WebPassService(MetadataStore store, WebAccess access) : ModalClient.ModalClientBase
{
    /// <exception cref="ApplianceException">InvalidArgument: no address of a web function here. The pass would go to that host.</exception>
    public override Task<CurlAuthTokenResponse> CurlGetAuthToken(CurlAuthTokenRequest request, ServerCallContext context)
    {
        if (!Uri.TryCreate(request.Url, UriKind.Absolute, out Uri? url) || store.Read(read => WebHost.Find(read, url.Host)) is null)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument, $"'{request.Url}' is not the address of a web function of this appliance: use curl itself for it.");
        }

        return Task.FromResult(new CurlAuthTokenResponse { Token = access.IssuePass(context.GetCaller(), url.Host) });
    }
}
