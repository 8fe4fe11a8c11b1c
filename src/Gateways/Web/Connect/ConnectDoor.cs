using Appliance.Core.Errors;
using Appliance.Engine.Access;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Transfers;
using Appliance.Gateways.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Web.Connect;

/// <summary>
/// Leads requests that carry a connect token to the sandbox that it opens. The token comes in the header
/// <c>Authorization: Bearer</c>, or, for browsers, in the query of the first request, and from then on in a cookie.
/// </summary>
public sealed class ConnectDoor(ConnectTokens tokens, SandboxSupervisor supervisor, SandboxHttp sandboxes, TimeProvider clock)
{
    private const string Query = "_modal_connect_token";
    private const string UserDataHeader = "X-Verified-User-Data";

    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(60);

    private readonly HttpForwarder forwarder = new(sandboxes.Client);

    /// <summary>Before this port's own pages: a request that shows a token means the sandbox, whatever its path.</summary>
    public Task ServeAsync(HttpContext http, RequestDelegate next) => ConnectCredential.OfHeaderOrQuery(http.Request, Query) is { } token
        ? TransferFailures.Guard(_ => ForwardAsync(http, token))(http)
        : next(http);

    /// <summary>After this port's own pages: a browser sends its cookie to those, too.</summary>
    public Task ServeRestAsync(HttpContext http, RequestDelegate next) => ConnectCredential.OfCookie(http.Request, Query) is { } token
        ? TransferFailures.Guard(_ => ForwardAsync(http, token))(http)
        : next(http);

    private async Task ForwardAsync(HttpContext http, string token)
    {
        ConnectGrant grant = tokens.Open(token);
        // One that has ended is known for a moment longer, while what is left of it is removed.
        if (supervisor.Find(grant.Sandbox) is not { Ended.IsCompleted: false } sandbox)
        {
            throw SandboxErrors.Ended(grant.Sandbox);
        }

        await WaitForStartAsync(sandbox, http.RequestAborted);
        if (http.Request.Query.ContainsKey(Query))
        {
            http.Response.Cookies.Append(Query, token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps });
        }

        ConnectCredential.Remove(http, Query);
        sandbox.ChangeUses(1, clock.GetUtcNow());
        try
        {
            await forwarder.ForwardAsync(http, SandboxHttp.Address(sandbox.TaskId, grant.Port), request =>
            {
                SandboxHttp.Mark(request, sandbox.TaskId);
                request.Headers.Remove(UserDataHeader);
                if (grant.UserData.Length > 0)
                {
                    request.Headers.TryAddWithoutValidation(UserDataHeader, grant.UserData);
                }
            });
        }
        finally
        {
            sandbox.ChangeUses(-1, clock.GetUtcNow());
        }
    }

    private async Task WaitForStartAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        try
        {
            await sandbox.Started.WaitAsync(LongestStart, clock, cancellation);
        }
        catch (TimeoutException)
        {
            throw new ApplianceException(
                ErrorKind.Unavailable, $"Sandbox '{sandbox.Id}' has not started yet: try again.");
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            throw SandboxErrors.Ended(sandbox.Id);
        }
    }
}
