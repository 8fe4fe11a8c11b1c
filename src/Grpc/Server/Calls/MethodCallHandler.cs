using Grpc.AspNetCore.Server.Binding;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>
/// What all four kinds of call share: is it gRPC at all, its deadline, and the one funnel that turns whatever a
/// handler throws into a status.
/// </summary>
internal abstract class MethodCallHandler(IMethod method, MethodMarshallers marshallers, HandlerSetup setup) : ServerCallHandler
{
    private readonly StatusFunnel funnel = new(method, setup.Options.EnableDetailedErrors ?? false, setup.Logger);

    public sealed override Task HandleAsync(HttpContext http)
    {
        if (!ProtocolCheck.Passes(http))
        {
            return Task.CompletedTask;
        }

        // Messages have their own limit, and a stream may be silent for as long as it likes.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } dataRate)
        {
            dataRate.MinDataRate = null;
        }

        http.Response.ContentType = WireNames.ContentType;
        var call = new ServerCall(new HttpServerCallContext(http, method), marshallers, setup.Options);
        return http.Request.Headers.TryGetValue(WireNames.Timeout, out var timeout)
            ? RunUntilDeadlineAsync(call, timeout.ToString())
            : RunAsync(call);
    }

    /// <summary>Reads, calls the handler, writes; throws freely.</summary>
    protected abstract Task InvokeAsync(ServerCall call);

    private async Task RunAsync(ServerCall call)
    {
        try
        {
            await InvokeAsync(call).ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            await funnel.EndAsync(call, thrown).ConfigureAwait(false);
        }
    }

    private async Task RunUntilDeadlineAsync(ServerCall call, string timeoutText)
    {
        if (!GrpcTimeout.TryRead(timeoutText, out TimeSpan timeout))
        {
            var status = new Status(StatusCode.InvalidArgument, $"'{timeoutText}' is no {WireNames.Timeout}: up to eight digits and one of H M S m u n.");
            await call.TryEndAsync(status, Metadata.Empty).ConfigureAwait(false);
            return;
        }

        var deadline = new CallDeadline(
            timeout, TimeProvider.System, call.Context.HttpContext.RequestAborted, () => EndLateAsync(call));
        call.Context.CallDeadline = deadline;
        try
        {
            await RunAsync(call).ConfigureAwait(false);
        }
        finally
        {
            await deadline.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task EndLateAsync(ServerCall call)
    {
        try
        {
            await call.TryEndEarlyAsync(funnel.LateStatus).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            GrpcServerLog.EndNotSent(setup.Logger, method.FullName, cause);
        }
    }
}
