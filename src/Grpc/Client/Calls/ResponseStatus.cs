using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.Extensions.Primitives;

namespace Grpc.Net.Client.Calls;

/// <summary>Finds the outcome of a call in its response.</summary>
internal static class ResponseStatus
{
    public static readonly Status Missing = new(StatusCode.Unknown, "The response ended without a grpc-status.");

    /// <summary>The outcome, if the headers have it already: in place of messages, or because this is no gRPC response.</summary>
    public static Status? OfHeaders(HttpResponseMessage response)
    {
        if (Of(response.Headers) is { } status)
        {
            return status;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new Status(OfHttp(response.StatusCode), $"The response has HTTP status {(int)response.StatusCode} and no grpc-status.");
        }

        string? contentType = ValueOf(response.Content.Headers, "content-type");
        return WireNames.IsGrpcContentType(contentType)
            ? null
            : new Status(StatusCode.Unknown, $"The response has content-type '{contentType}', which is not gRPC.");
    }

    public static Status? Of(HttpHeaders headers)
    {
        if (ValueOf(headers, WireNames.Status) is not { } text)
        {
            return null;
        }

        string detail = PercentEncoding.Decode(ValueOf(headers, WireNames.Message) ?? string.Empty);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && Enum.IsDefined((StatusCode)code)
            ? new Status((StatusCode)code, detail)
            : new Status(StatusCode.Unknown, $"The response has grpc-status '{text}', which is no known status. {detail}");
    }

    public static Metadata MetadataOf(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach ((string name, HeaderStringValues values) in headers.NonValidated)
        {
            MetadataHeaders.Add(metadata, name, values.Count == 1 ? values.ToString() : new StringValues([.. values]));
        }

        return metadata;
    }

    public static string? ValueOf(HttpHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString() : null;

    private static StatusCode OfHttp(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.RequestEntityTooLarge => StatusCode.ResourceExhausted,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
