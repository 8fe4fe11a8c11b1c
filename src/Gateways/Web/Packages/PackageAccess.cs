using System.Net;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Gateways.Transfers;
using Appliance.Identity.Tokens;
using Microsoft.AspNetCore.Http;

namespace Appliance.Gateways.Web.Packages;

/// <summary>Who may read packages at the HTTP port: this machine; others with a token as user and password.</summary>
public sealed class PackageAccess(TokenAuthority tokens)
{
    private const string Scheme = "Basic ";

    public RequestDelegate Guard(RequestDelegate handler) => http =>
    {
        if (IsLocal(http) || HasToken(http.Request))
        {
            return handler(http);
        }

        http.Response.Headers.WWWAuthenticate = "Basic realm=\"appliance\"";
        return TransferFailures.Guard(_ => throw new ApplianceException(
            ErrorKind.Unauthenticated, "Packages need a token here: http://TOKEN_ID:TOKEN_SECRET@HOST:PORT/simple/. 'appliance token create' makes one."))(http);
    };

    private static bool IsLocal(HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private bool HasToken(HttpRequest request)
    {
        string header = request.Headers.Authorization.ToString();
        byte[] decoded = new byte[header.Length];
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            || !Convert.TryFromBase64String(header[Scheme.Length..].Trim(), decoded, out int length))
        {
            return false;
        }

        string[] parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return parts.Length == 2 && tokens.Verify(parts[0], parts[1]) is not null;
    }
}
