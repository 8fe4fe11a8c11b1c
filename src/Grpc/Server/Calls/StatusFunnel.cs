using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Makes the status of a call whose handler threw.</summary>
internal sealed class StatusFunnel(IMethod method, bool isDetailed, ILogger logger)
{
    public Status LateStatus { get; } = new(StatusCode.DeadlineExceeded, $"The deadline of '{method.FullName}' has passed.");

    public Task EndAsync(ServerCall call, Exception thrown)
    {
        switch (thrown)
        {
            case MessageTooLargeException:
                return call.TryEndTooLargeAsync($"{thrown.Message} Method '{method.FullName}'.");
            case UnknownCompressionException:
                call.Context.HttpContext.Response.Headers[WireNames.AcceptEncoding] = Compression.AcceptList;
                return call.TryEndAsync(new Status(StatusCode.Unimplemented, thrown.Message), Metadata.Empty);
            case RpcException rpc:
                return call.TryEndAsync(rpc.Status, rpc.Trailers);
            case var _ when call.Context.CallDeadline is { HasPassed: true }:
                return call.TryEndEarlyAsync(LateStatus);
            default:
                return call.TryEndAsync(StatusOf(thrown, call.Context), Metadata.Empty);
        }
    }

    private Status StatusOf(Exception thrown, HttpServerCallContext context)
    {
        if (context.HttpContext.RequestAborted.IsCancellationRequested
            || thrown is OperationCanceledException or ConnectionAbortedException or ConnectionResetException)
        {
            return new Status(StatusCode.Cancelled, $"The call of '{method.FullName}' was cancelled.");
        }

        // The caller's bytes are at fault, and sending them again will not help: no INTERNAL, which invites a retry.
        if (thrown is MalformedMessageException or BadHttpRequestException)
        {
            return new Status(StatusCode.InvalidArgument, $"{thrown.Message} Method '{method.FullName}'.");
        }

        GrpcServerLog.HandlerFailed(logger, method.FullName, thrown);
        return new Status(
            StatusCode.Unknown,
            isDetailed ? $"'{method.FullName}' failed: {thrown.GetType().Name}: {thrown.Message}" : $"'{method.FullName}' failed.",
            thrown);
    }
}
