using Appliance.Core.Errors;
using Appliance.Engine.Access;
using Appliance.Engine.Calls;
using Appliance.Engine.Functions;
using Appliance.Gateways.Transfers;
using Appliance.Metadata;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Functions;
using Appliance.Protos.Modal;
using Appliance.Scheduling.Pools;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Leads requests whose host is that of a web function to it (contracts/modal.md §5). Each is a call of the function, or
/// goes to a port that its containers serve: one may have to be started first, within the request.
/// </summary>
public sealed class WebFunctionDoor(MetadataStore store, CallDesk calls, ServerDesk servers, ServerExchange exchange, WebAccess access)
{
    public Task ServeAsync(HttpContext http, RequestDelegate next) =>
        store.Read(read => WebHost.Find(read, http.Request.Host.Host)) is { } host ? OpenAsync(http, host) : next(http);

    /// <summary>The function that has the port to itself.</summary>
    public Task ServePortAsync(HttpContext http) => store.Read(read => WebHost.FindByPort(read, http.Connection.LocalPort)) is { } host
        ? OpenAsync(http, host)
        : RefuseAsync(http, StatusCodes.Status404NotFound, "No web function has this port now.");

    private async Task OpenAsync(HttpContext http, WebHost host)
    {
        WebName name = host.Name;
        if (name.NeedsToken && !access.IsAllowed(http.Request, host))
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, $"This function asks for a token: send {WebAccess.KeyHeader} and {WebAccess.SecretHeader}.");
            return;
        }

        FunctionServer? server;
        try
        {
            server = servers.Find(name.FunctionId);
        }
        catch (ApplianceException gone)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, gone.Message);
            return;
        }

        await (server is null ? CallAsync(http, name) : TransferFailures.Guard(each => exchange.RunAsync(each, name, server))(http));
    }

    private async Task CallAsync(HttpContext http, WebName name)
    {
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

    private static Task RefuseAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }
}
