using Appliance.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Transfers;

/// <summary>Gives the handlers of plain HTTP transfers one place where a failure becomes a status and a line of text.</summary>
public static class TransferFailures
{
    /// <summary>Runs the handler; what it throws for people to read becomes the answer, if none was begun.</summary>
    public static RequestDelegate Guard(RequestDelegate handler) => async http =>
    {
        try
        {
            await handler(http);
        }
        catch (ApplianceException failure) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, StatusOf(failure.Kind), failure.Message);
        }
        catch (BadHttpRequestException failure) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, failure.StatusCode, "The request's body ended early or was malformed: send it again.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (ApplianceException)
        {
            // The length that was announced does not come, so that no client takes a part for the whole.
            http.Abort();
        }
    };

    private static Task AnswerAsync(HttpContext http, int status, string message)
    {
        http.Response.Clear();
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(message + "\n", http.RequestAborted);
    }

    // Clients of transfers repeat what answers 5xx; a mistake of theirs must not look like that.
    private static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument => StatusCodes.Status400BadRequest,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.AlreadyExists or ErrorKind.FailedPrecondition => StatusCodes.Status409Conflict,
        ErrorKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        ErrorKind.PermissionDenied => StatusCodes.Status403Forbidden,
        ErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorKind.ResourceExhausted => StatusCodes.Status507InsufficientStorage,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        ErrorKind.Unimplemented => StatusCodes.Status501NotImplemented,
        _ => StatusCodes.Status500InternalServerError,
    };
}
