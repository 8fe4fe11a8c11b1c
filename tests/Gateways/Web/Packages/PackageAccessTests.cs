using System.Net;
using System.Text;
using Appliance.Gateways.Web.Packages;
using Appliance.Identity.Tokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Tests.Metadata;
using Microsoft.AspNetCore.Http;

namespace Appliance.Tests.Gateways.Web.Packages;

public sealed class PackageAccessTests
{
    [Fact]
    public async Task Guard_OtherMachines_NeedAToken()
    {
        using var data = new TestDirectory();
        await using MetadataStore store = await data.OpenAsync();
        var tokens = new TokenAuthority(store, await WorkspaceBootstrap.EnsureAsync(store, "test"), TimeProvider.System);
        IssuedToken token = await tokens.IssueAsync("t", null);
        RequestDelegate guarded = new PackageAccess(tokens).Guard(_ => Task.CompletedTask);

        Assert.Equal(StatusCodes.Status200OK, await AskAsync(guarded, "127.0.0.1", ""));
        Assert.Equal(StatusCodes.Status200OK, await AskAsync(guarded, "::1", ""));
        Assert.Equal(StatusCodes.Status401Unauthorized, await AskAsync(guarded, "198.51.100.9", ""));
        Assert.Equal(StatusCodes.Status401Unauthorized, await AskAsync(guarded, "::ffff:198.51.100.9", "Basic !"));
        Assert.Equal(StatusCodes.Status401Unauthorized, await AskAsync(guarded, "198.51.100.9", Basic($"{token.Id}:wrong")));
        Assert.Equal(StatusCodes.Status200OK, await AskAsync(guarded, "198.51.100.9", Basic($"{token.Id}:{token.Secret}")));
    }

    private static string Basic(string credentials) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}";

    private static async Task<int> AskAsync(RequestDelegate guarded, string address, string authorization)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        http.Request.Headers.Authorization = authorization;
        await guarded(http);
        return http.Response.StatusCode;
    }
}
