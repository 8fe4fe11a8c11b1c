using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Appliance.Hosting.Listeners;

/// <summary>Which door a connection came through; each serves its own things only.</summary>
public enum ListenerKind
{
    Grpc,
    Http,

    /// <summary>A port that one web function has to itself.</summary>
    WebPort,

    /// <summary>The Unix socket in the data directory, which only the owner of the server may open.</summary>
    Admin,

    /// <summary>The Unix socket to which the networks lead what containers ask of this machine.</summary>
    Packages,

    /// <summary>The Unix socket that is shown in containers of functions.</summary>
    Containers,
}

/// <summary>Marks connections with their door.</summary>
public static class ListenerMark
{
    public static void Set(ConnectionContext connection, ListenerKind kind) => connection.Features.Set(new Mark(kind));

    public static bool CameThrough(this HttpContext http, ListenerKind kind) => http.Features.Get<Mark>()?.Kind == kind;

    private sealed record Mark(ListenerKind Kind);
}
