using Microsoft.Extensions.Primitives;

namespace Appliance.Gateways.Forwarding;

/// <summary>Headers that belong to one connection and are not passed on (RFC 9110 §7.6.1).</summary>
internal static class HopHeaders
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    };

    /// <param name="name">Of a header.</param>
    /// <param name="connection">The message's header of that name, which may list more.</param>
    public static bool Contains(string name, StringValues connection)
    {
        if (name.StartsWith(':') || Names.Contains(name))
        {
            return true;
        }

        foreach (string? list in connection)
        {
            foreach (Range part in list.AsSpan().Split(','))
            {
                if (list.AsSpan()[part].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
