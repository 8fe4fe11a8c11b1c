using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Gateways.Modal.Probe;

/// <summary>Calls a server as a Modal client does, to see whether it serves.</summary>
public static class ModalProbe
{
    /// <summary>The name of the workspace; null when the credentials are refused.</summary>
    public static async Task<string?> FindWorkspaceAsync(
        GrpcChannel channel, string tokenId, string tokenSecret, CancellationToken cancellation)
    {
        var credentials = new Grpc.Core.Metadata
        {
            { IdentityInterceptor.TokenIdHeader, tokenId },
            { IdentityInterceptor.TokenSecretHeader, tokenSecret },
        };
        try
        {
            TokenInfoGetResponse info = await new ModalClient.ModalClientClient(channel)
                .TokenInfoGetAsync(new TokenInfoGetRequest(), credentials, cancellationToken: cancellation);
            return info.WorkspaceName;
        }
        catch (RpcException refusal) when (refusal.StatusCode == StatusCode.Unauthenticated)
        {
            return null;
        }
    }
}
