using System.Net;

namespace Appliance.Hosting.Settings;

/// <summary>An address and port to listen on. Loopback needs no TLS; everything else does.</summary>
public readonly record struct ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>127.0.0.1:7700</c>, <c>[::1]:7700</c>, <c>localhost:7700</c>, <c>*:7700</c> or a bare port.</summary>
    public static bool TryRead(string text, out ListenAddress address)
    {
        address = default;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "127.0.0.1" : text[..colon];
        if (!ushort.TryParse(text[(colon + 1)..], out ushort port))
        {
            return false;
        }

        IPAddress? parsed = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" or "" => IPAddress.Any,
            _ when host.Contains(':') && !host.StartsWith('[') => null,
            _ => IPAddress.TryParse(host, out IPAddress? ip) ? ip : null,
        };
        address = new ListenAddress(parsed ?? IPAddress.None, port);
        return parsed is not null;
    }

    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
