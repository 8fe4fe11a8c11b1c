using Appliance.Identity.WorkloadTokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Gateways.Web.Identity;

/// <summary>Where others find the key with which they check the identity tokens of containers.</summary>
public static class IssuerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, WorkloadTokenSigner signer)
    {
        routes.MapGet(WorkloadTokenSigner.DiscoveryPath, http => WriteAsync(http, signer.WriteDiscovery()));
        routes.MapGet(WorkloadTokenSigner.KeysPath, async http => await WriteAsync(http, await signer.WriteKeysAsync()));
    }

    private static async Task WriteAsync(HttpContext http, byte[] json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        await http.Response.Body.WriteAsync(json, http.RequestAborted);
    }
}
