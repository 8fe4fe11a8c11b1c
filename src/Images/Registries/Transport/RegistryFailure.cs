using System.Net;
using System.Security.Authentication;
using Appliance.Core.Errors;

namespace Appliance.Images.Registries.Transport;

/// <summary>What went wrong with a registry, for people.</summary>
internal static class RegistryFailure
{
    /// <summary>Whether the same may succeed a little later.</summary>
    public static bool IsPassing(Exception failure) => failure switch
    {
        HttpRequestException { StatusCode: { } status } => IsPassing(status),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => false,
        _ => failure is HttpRequestException or IOException or TimeoutException,
    };

    public static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <param name="host">The registry.</param>
    /// <param name="file">The registries file.</param>
    /// <param name="failure">What the connection said.</param>
    public static ApplianceException Of(string host, string file, Exception failure) => failure switch
    {
        ApplianceException known => known,
        HttpRequestException { StatusCode: not null } => new(ErrorKind.Unavailable, $"{failure.Message}, repeatedly.", failure),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => new(
            ErrorKind.Unavailable, $"'{host}' is not found: there is no network, no such host, or no name server that knows it.", failure),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new(
            ErrorKind.FailedPrecondition,
            $"No safe connection to '{host}': {Reason(failure)} Its authority can be named in '{file}' with '{host} ca=FILE'; a registry without TLS with '{host} plain-http'.",
            failure),
        TimeoutException => new(ErrorKind.Unavailable, failure.Message, failure),
        _ => new(ErrorKind.Unavailable, $"'{host}' cannot be reached: {Reason(failure)}", failure),
    };

    /// <summary>Of an answer that says no.</summary>
    /// <param name="host">The registry.</param>
    /// <param name="what">What was asked for.</param>
    /// <param name="status">The answer.</param>
    public static ApplianceException Of(string host, string what, HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound => new(ErrorKind.NotFound, $"'{host}' has no {what}."),
        HttpStatusCode.Unauthorized => new(
            ErrorKind.Unauthenticated, $"'{host}' does not show {what} to whoever asked: it does not exist, or takes other credentials."),
        HttpStatusCode.Forbidden => new(ErrorKind.PermissionDenied, $"'{host}' does not allow to read {what}."),
        HttpStatusCode.TooManyRequests => new(ErrorKind.Unavailable, $"'{host}' was asked too often (429), also after some pauses: try again later, or with a login."),
        _ => new(ErrorKind.Unavailable, $"'{host}' answered {(int)status} when asked for {what}."),
    };

    private static string Reason(Exception failure)
    {
        Exception inner = failure is HttpRequestException { InnerException: AuthenticationException or IOException or System.Net.Sockets.SocketException } ? failure.InnerException! : failure;
        return inner.Message.TrimEnd('.') + ".";
    }
}
