using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Serves the calls of one method.</summary>
internal abstract class ServerCallHandler
{
    public abstract Task HandleAsync(HttpContext http);
}
