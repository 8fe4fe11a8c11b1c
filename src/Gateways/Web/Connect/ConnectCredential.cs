using Appliance.Engine.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Appliance.Gateways.Web.Connect;

/// <summary>Where in a request a connect token is, and how it leaves no trace for the server in the container.</summary>
internal static class ConnectCredential
{
    private const string Bearer = "Bearer ";

    public static string? OfHeaderOrQuery(HttpRequest request, string name)
    {
        string header = request.Headers.Authorization.ToString();
        string shown = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? header[Bearer.Length..].Trim() : request.Query[name].ToString();
        return IsToken(shown) ? shown : null;
    }

    public static string? OfCookie(HttpRequest request, string name) =>
        request.Cookies[name] is { } shown && IsToken(shown) ? shown : null;

    /// <summary>Takes the token out of what is passed on.</summary>
    public static void Remove(HttpContext http, string name)
    {
        HttpRequest request = http.Request;
        if (IsToken(request.Headers.Authorization.ToString().Split(' ')[^1]))
        {
            request.Headers.Remove("Authorization");
        }

        if (request.Query.ContainsKey(name))
        {
            IHttpRequestFeature line = http.Features.GetRequiredFeature<IHttpRequestFeature>();
            line.RawTarget = Without(line.RawTarget, name);
        }

        string cookies = request.Headers.Cookie.ToString();
        if (cookies.Contains(name, StringComparison.Ordinal))
        {
            IEnumerable<string> others = cookies.Split(';', StringSplitOptions.TrimEntries).Where(each => !each.StartsWith(name + "=", StringComparison.Ordinal));
            request.Headers.Cookie = string.Join("; ", others);
            if (request.Headers.Cookie.ToString().Length == 0)
            {
                request.Headers.Remove("Cookie");
            }
        }
    }

    internal static string Without(string target, string name)
    {
        int queryAt = target.IndexOf('?', StringComparison.Ordinal);
        if (queryAt < 0)
        {
            return target;
        }

        string rest = string.Join('&', target[(queryAt + 1)..].Split('&').Where(each => !each.StartsWith(name + "=", StringComparison.Ordinal)));
        return rest.Length == 0 ? target[..queryAt] : $"{target[..queryAt]}?{rest}";
    }

    private static bool IsToken(string text) => text.StartsWith(ConnectTokens.Prefix, StringComparison.Ordinal);
}
