using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Calls;

/// <summary>Writes the outcome of a call where the client looks for it.</summary>
internal static class StatusTrailers
{
    /// <summary>Behind messages: as HTTP trailers.</summary>
    public static void Write(HttpResponse response, Status status, ICollection<Metadata.Entry> trailers) =>
        Fill(
            response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
                ?? throw new InvalidOperationException("This connection carries no trailers."),
            status,
            trailers);

    /// <summary>Instead of messages: in the only headers, which also end the stream.</summary>
    public static void WriteTrailersOnly(HttpResponse response, Status status, ICollection<Metadata.Entry> trailers)
    {
        response.ContentType = WireNames.ContentType;
        Fill(response.Headers, status, trailers);
    }

    private static void Fill(IHeaderDictionary target, Status status, ICollection<Metadata.Entry> trailers)
    {
        foreach (Metadata.Entry entry in trailers)
        {
            target.Append(entry.Key, MetadataHeaders.Text(entry));
        }

        target[WireNames.Status] = Number(status.StatusCode);
        if (!string.IsNullOrEmpty(status.Detail))
        {
            target[WireNames.Message] = PercentEncoding.Encode(status.Detail);
        }
    }

    private static string Number(StatusCode code) => code == StatusCode.OK ? "0" : ((int)code).ToString();
}
