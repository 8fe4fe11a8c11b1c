using System.Net;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client.Calls;

/// <summary>Turns what a client says of a call into the headers of its request.</summary>
internal static class RequestHeaders
{
    // Not sent: a client sets it among its headers to have its messages compressed.
    private const string EncodingChoice = "grpc-internal-encoding-request";

    public static string EncodingOf(Metadata? headers)
    {
        string encoding = headers?.GetValue(EncodingChoice) ?? Compression.Identity;
        return Compression.IsKnown(encoding) ? encoding : throw new UnknownCompressionException(encoding);
    }

    public static HttpRequestMessage CreateRequest(Uri address, string? host, Metadata? headers, string encoding, TimeSpan? timeLeft)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Host = host;
        Set(request, "te", "trailers");
        Set(request, WireNames.AcceptEncoding, Compression.AcceptList);
        if (encoding != Compression.Identity)
        {
            Set(request, WireNames.Encoding, encoding);
        }

        if (timeLeft is { } timeout)
        {
            Set(request, WireNames.Timeout, GrpcTimeout.Write(timeout));
        }

        foreach (Metadata.Entry entry in headers ?? Metadata.Empty)
        {
            if (entry.Key != EncodingChoice)
            {
                Set(request, entry.Key, MetadataHeaders.Text(entry));
            }
        }

        if (!request.Headers.NonValidated.Contains("user-agent"))
        {
            Set(request, "user-agent", "grpc-appliance");
        }

        return request;
    }

    private static void Set(HttpRequestMessage request, string name, string value) =>
        request.Headers.TryAddWithoutValidation(name, value);
}
