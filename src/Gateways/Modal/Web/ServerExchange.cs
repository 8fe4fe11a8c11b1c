using Appliance.Core.Errors;
using Appliance.Engine.Access;
using Appliance.Engine.Functions;
using Appliance.Gateways.Forwarding;
using Appliance.Metadata.Functions;
using Appliance.Scheduling.Pools;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Modal.Web;

/// <summary>
/// Passes requests on to the containers of a server (@app.server, modal.experimental.http_server). Its container may have
/// to be started first, within the request.
/// </summary>
public sealed class ServerExchange(ServerDesk servers, SandboxHttp sandboxes)
{
    /// <summary>Requests that bring the same one go to the same container while it is there.</summary>
    private const string SessionHeader = "Modal-Session-ID";

    /// <summary>A container may end between being chosen and being connected to; twice in a row means more than that.</summary>
    private const int AttemptsMax = 2;

    private readonly HttpForwarder forwarder = new(sandboxes.Client);

    /// <exception cref="ApplianceException">NotFound: the function has gone. Unavailable: no container could be started, or it broke off.</exception>
    public async Task RunAsync(HttpContext http, WebName name, FunctionServer server)
    {
        string session = http.Request.Headers[SessionHeader].ToString();
        for (int attempt = 1; ; attempt++)
        {
            PoolInput request = servers.Enter(name.FunctionId, session);
            ServerPlace? place = null;
            try
            {
                place = await request.Seat!.Place.WaitAsync(http.RequestAborted);
                await ForwardAsync(http, server, place);
                return;
            }
            catch (ApplianceException refusal) when (place is not null && IsUnsent(refusal, http))
            {
                servers.Distrust(name.FunctionId, place.Task);
                if (attempt == AttemptsMax)
                {
                    throw new ApplianceException(ErrorKind.Unavailable, refusal.Message, refusal);
                }
            }
            finally
            {
                servers.Leave(name.FunctionId, request);
            }
        }
    }

    /// <summary>Nothing of the request has reached the container, which refused the connection or has gone.</summary>
    private static bool IsUnsent(ApplianceException refusal, HttpContext http) => !http.Response.HasStarted
        && (refusal.Kind is ErrorKind.NotFound or ErrorKind.FailedPrecondition
            || refusal.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError });

    private Task ForwardAsync(HttpContext http, FunctionServer server, ServerPlace place) =>
        forwarder.ForwardAsync(http, SandboxHttp.Address(place.Task, place.Port), request =>
        {
            SandboxHttp.Mark(request, place.Task);

            // What opened this door is nothing for the program behind it.
            request.Headers.Remove(WebAccess.SecretHeader);
            request.Headers.Remove(WebAccess.PassHeader);
            if (server.IsHttp2)
            {
                Http2Server.Address(request, http.Request.Headers);
            }
        });
}
