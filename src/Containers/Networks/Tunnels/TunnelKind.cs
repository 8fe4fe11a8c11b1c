namespace Appliance.Containers.Networks.Tunnels;

/// <summary>What clients of a tunnel speak to it. The container gets plain bytes either way.</summary>
public enum TunnelKind
{
    /// <summary>Bytes, as they come.</summary>
    Plain,

    /// <summary>TLS; HTTP/1.1 is offered to clients that ask what is spoken inside.</summary>
    Tls,

    /// <summary>TLS; HTTP/2 is offered.</summary>
    TlsHttp2,
}
