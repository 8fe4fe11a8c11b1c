using Appliance.Core.Ids;
using Appliance.Identity.WebTokens;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Tells clients how to reach the command router: on the address that they already use.</summary>
public sealed class CommandRouterLinks(TaskTokenSigner tokens)
{
    private const string ClientType = "x-modal-client-type";

    // The Python client takes the scheme at its word; the others demand https, and speak plain HTTP/2 to local hosts.
    private static readonly HashSet<string> PythonClients = ["1", "3"];

    public CommandRouterAccess Issue(TaskId task, ServerCallContext context)
    {
        bool isPython = context.RequestHeaders.GetValue(ClientType) is { } type && PythonClients.Contains(type);
        bool usesTls = context.GetHttpContext().Request.IsHttps;
        return new CommandRouterAccess
        {
            Jwt = tokens.Issue(task),
            Url = $"{(isPython && !usesTls ? "http" : "https")}://{context.Host}",
        };
    }
}
