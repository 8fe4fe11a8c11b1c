using Appliance.Core.Errors;
using Appliance.Engine.Calls;
using Appliance.Identity.Tokens;
using Appliance.Metadata;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Leads requests whose host is that of a web function to it (contracts/modal.md §5). Each is a call of the function: its
/// container may have to be started first, within the request.
/// </summary>
public sealed class WebFunctionDoor(MetadataStore store, CallDesk calls, TokenAuthority tokens)
{
    private const string KeyHeader = "Modal-Key";
    private const string SecretHeader = "Modal-Secret";
    private const string Bearer = "Bearer ";

    public Task ServeAsync(HttpContext http, RequestDelegate next) => Find(http.Request.Host.Host) is { } name ? CallAsync(http, name) : next(http);

    private WebName? Find(string host)
    {
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0)
        {
            return null;
        }

        string whole = host.ToLowerInvariant();
        return store.Read(read => (WebNameRows.Find(read, whole[..dot]) ?? WebNameRows.Find(read, whole)) is { } found && IsThere(read, found) ? found : null);
    }

    /// <summary>What a stopped app leaves is removed in the background.</summary>
    private static bool IsThere(ReadTransaction read, WebName name) =>
        FunctionRows.Find(read, name.FunctionId) is { } function && AppRows.Find(read, function.AppId) is { StoppedAt: null };

    private async Task CallAsync(HttpContext http, WebName name)
    {
        if (name.NeedsToken && !IsAllowed(http.Request))
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, $"This function asks for a token: send {KeyHeader} and {SecretHeader}.");
            return;
        }

        bool isWebSocket = http.WebSockets.IsWebSocketRequest;
        DirectCall call;
        PoolInput input;
        try
        {
            (call, input) = calls.BeginDirect(
                name.FunctionId, name.Method, new InputArguments((int)DataFormat.Pickle, AsgiScope.Write(http, isWebSocket), null));
        }
        catch (ApplianceException gone)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, gone.Message);
            return;
        }

        try
        {
            await (isWebSocket ? new WebSocketExchange(http, call).RunAsync(http.RequestAborted) : new WebExchange(http, call).RunAsync(http.RequestAborted));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
        finally
        {
            calls.LeaveDirect(name.FunctionId, call, input);
        }
    }

    private bool IsAllowed(HttpRequest request)
    {
        string key = request.Headers[KeyHeader].ToString();
        string secret = request.Headers[SecretHeader].ToString();
        string authorization = request.Headers.Authorization.ToString();
        if (key.Length == 0 && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization.Split('.', 2) is [{ } first, { } rest])
        {
            (key, secret) = (first[Bearer.Length..].Trim(), rest);
        }

        return key.Length > 0 && tokens.Verify(key, secret) is not null;
    }

    private static Task RefuseAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }
}
