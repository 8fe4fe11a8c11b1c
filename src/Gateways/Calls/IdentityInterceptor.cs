using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Identity;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;
using Grpc.Core;

namespace Appliance.Gateways.Calls;

/// <summary>
/// Lets in only callers with valid credentials: the token pair of the Modal clients, or a web token made from it
/// (contracts/modal.md §1). The few methods that cannot have credentials yet are named here.
/// </summary>
public sealed class IdentityInterceptor(
    TokenAuthority tokens, WebTokenSigner webTokens, TaskTokenSigner taskTokens, SandboxSupervisor containers) : WrappingInterceptor
{
    public const string TokenIdHeader = "x-modal-token-id";
    public const string TokenSecretHeader = "x-modal-token-secret";
    public const string WebTokenHeader = "x-modal-auth-token";

    private const string TaskTokenHeader = "authorization";
    private const string TaskTokenScheme = "Bearer ";
    private const string CommandRouterPath = "/modal.task_command_router.";

    private static readonly HashSet<string> OpenMethods =
    [
        "/modal.client.ModalClient/TokenFlowCreate",
        "/modal.client.ModalClient/TokenFlowWait",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/List",
        "/grpc.health.v1.Health/Watch",
    ];

    /// <summary>What a container needs for its own work (contracts/modal.md §4).</summary>
    private static readonly HashSet<string> MethodsOfWork =
    [
        "ContainerHello", "ContainerHeartbeat", "FunctionGetInputs", "FunctionPutOutputs", "FunctionCallGetDataIn", "FunctionCallPutDataOut",
        "FunctionGetDynamicConcurrency", "TaskResult", "FunctionStartPtyShell", "BlobCreate", "BlobGet", "VolumeCommit", "VolumeReload", "TaskClusterHello",
    ];

    protected override Task<T> AroundAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        if (context.Method.StartsWith(CommandRouterPath, StringComparison.Ordinal))
        {
            context.SetTask(VerifyTask(context.RequestHeaders) ?? throw new ApplianceException(
                ErrorKind.Unauthenticated, "The task's token is missing, expired or of another appliance: ask for access to the task again."));
        }
        else if (context.RequestHeaders.GetValue(FunctionOutfit.TokenHeader) is { } token)
        {
            LiveSandbox container = taskTokens.VerifyContainer(token) is { } task && containers.Find(task) is { Ended.IsCompleted: false } found ? found : throw new ApplianceException(
                ErrorKind.Unauthenticated, "The container's token is of another appliance, or the container has ended.");
            CheckRestriction(container, context.Method);
            context.SetContainer(container);
            context.SetCaller(container.Owner);
        }
        else if (Verify(context.RequestHeaders) is { } caller)
        {
            context.SetCaller(caller);
        }
        else if (!OpenMethods.Contains(context.Method))
        {
            throw Refusal(context.RequestHeaders);
        }

        return call();
    }

    /// <exception cref="ApplianceException">PermissionDenied: the function was defined with restrict_modal_access.</exception>
    private static void CheckRestriction(LiveSandbox container, string method)
    {
        if (container.Definition.Function is { IsRestricted: true } && !MethodsOfWork.Contains(method[(method.LastIndexOf('/') + 1)..]))
        {
            throw new ApplianceException(
                ErrorKind.PermissionDenied, $"'{method[1..]}' is not open to this function: it is defined with restrict_modal_access.");
        }
    }

    private Caller? Verify(Grpc.Core.Metadata headers)
    {
        if (headers.GetValue(TokenIdHeader) is { } id)
        {
            return tokens.Verify(id, headers.GetValue(TokenSecretHeader));
        }

        return headers.GetValue(WebTokenHeader) is { } text && webTokens.Verify(text) is { } token
            ? tokens.FindCaller(token)
            : null;
    }

    /// <summary>Calls of the command router carry a token for one task and nothing else (contracts/sandbox.md §3).</summary>
    private TaskId? VerifyTask(Grpc.Core.Metadata headers) =>
        headers.GetValue(TaskTokenHeader) is { } value && value.StartsWith(TaskTokenScheme, StringComparison.OrdinalIgnoreCase)
            ? taskTokens.Verify(value[TaskTokenScheme.Length..])
            : null;

    private static ApplianceException Refusal(Grpc.Core.Metadata headers) => new(
        ErrorKind.Unauthenticated,
        headers.GetValue(TokenIdHeader) is { } id
            ? $"Token '{id}' is unknown, revoked or expired, or its secret is wrong: run 'modal token new', or 'appliance token create' on the server, and use what it prints."
            : $"Credentials are missing: set MODAL_TOKEN_ID and MODAL_TOKEN_SECRET, as 'appliance token create' on the server prints them.");
}
