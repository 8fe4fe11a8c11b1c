using System.Diagnostics;
using Appliance.Core.Errors;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Appliance.Gateways.Calls;

/// <summary>
/// The outermost layer of every call: gives it an id that the caller can be asked for, turns failures into statuses,
/// counts, and writes one log line. What is not meant for users never leaves the log.
/// </summary>
public sealed class ObservingInterceptor(CallMeter meter, TimeProvider clock, ILogger<ObservingInterceptor> logger) : WrappingInterceptor
{
    public const string RequestIdTrailer = "x-request-id";

    protected override async Task<T> AroundAsync<T>(ServerCallContext context, Func<Task<T>> call)
    {
        long started = clock.GetTimestamp();
        meter.CallStarted();
        var status = StatusCode.OK;
        string? failure = null;
        try
        {
            T result = await call().ConfigureAwait(false);
            status = context.Status.StatusCode;
            return result;
        }
        catch (Exception thrown)
        {
            string requestId = ActivitySpanId.CreateRandom().ToHexString();
            context.ResponseTrailers.Add(RequestIdTrailer, requestId);
            RpcException answer = Answer(thrown, context, requestId);
            status = answer.StatusCode;
            failure = $"{answer.Status.Detail} [{requestId}]";
            throw answer;
        }
        finally
        {
            TimeSpan elapsed = clock.GetElapsedTime(started);
            meter.CallEnded(context.Method, status, elapsed);
            Log(context, status, elapsed, failure);
        }
    }

    private RpcException Answer(Exception thrown, ServerCallContext context, string requestId)
    {
        switch (thrown)
        {
            case RpcException rpc:
                return rpc;
            case ApplianceException { Kind: ErrorKind.TooLarge } failure:
                return TooLargeAnswer.Make(failure, context);
            case ApplianceException failure:
                return new RpcException(new Status(StatusCodes.Of(failure.Kind), failure.Message));
            case OperationCanceledException when context.CancellationToken.IsCancellationRequested:
                bool isLate = clock.GetUtcNow().UtcDateTime >= context.Deadline;
                return new RpcException(new Status(
                    isLate ? StatusCode.DeadlineExceeded : StatusCode.Cancelled,
                    $"'{context.Method}' was {(isLate ? "not done by its deadline" : "cancelled")}."));
            default:
                CallLog.Failed(logger, context.Method, requestId, thrown);
                return new RpcException(new Status(
                    StatusCode.Internal,
                    $"The server failed in '{context.Method}'. Its log tells more about request {requestId}."));
        }
    }

    private void Log(ServerCallContext context, StatusCode status, TimeSpan elapsed, string? failure)
    {
        double milliseconds = elapsed.TotalMilliseconds;
        if (status is StatusCode.OK or StatusCode.Cancelled)
        {
            CallLog.Ended(logger, context.Method, status, milliseconds, context.Peer);
        }
        else
        {
            CallLog.EndedBadly(logger, context.Method, status, milliseconds, context.Peer, failure ?? context.Status.Detail);
        }
    }
}
