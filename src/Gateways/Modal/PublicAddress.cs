using Appliance.Gateways.Calls;
using Grpc.Core;

namespace Appliance.Gateways.Modal;

/// <summary>Where clients reach the HTTP port; known once it listens.</summary>
public sealed class PublicAddress
{
    private Uri? http;

    public void SetHttp(Uri address) => http = address;

    /// <summary>Where containers reach what their links lead to; to be set by whoever makes their networks.</summary>
    public Func<System.Net.IPAddress?>? ForContainers { get; set; }

    /// <summary>As the caller reaches it: containers have no way to the machine's own addresses.</summary>
    /// <param name="context">Of the call that is answered.</param>
    /// <param name="path">Starts with a slash.</param>
    public string HttpUrl(ServerCallContext context, string path) =>
        context.FindContainer() is not null && ForContainers?.Invoke() is { } gateway ? $"http://{gateway}{path}" : HttpUrl(path);

    /// <summary>The address of a web function: browsers on the machine find any name below 'localhost' there.</summary>
    public string WebUrl(string label) => HostUrl($"{label}.{(Http.IsLoopback ? "localhost" : Http.Host)}");

    /// <summary>Ports of which each web function gets one; null for none.</summary>
    public (int First, int Last)? WebPorts { get; set; }

    public string PortUrl(int port) => new UriBuilder(Http.Scheme, Http.Host, port).Uri.ToString().TrimEnd('/');

    public string HostUrl(string host) => new UriBuilder(Http.Scheme, host, Http.IsDefaultPort ? -1 : Http.Port).Uri.ToString().TrimEnd('/');

    /// <summary>The machine's name, or its address, as clients reach it.</summary>
    public string HostName => Http.Host;

    public int HttpPort => Http.Port;

    private Uri Http => http ?? throw new InvalidOperationException("The HTTP port does not listen yet.");

    /// <param name="path">Starts with a slash.</param>
    public string HttpUrl(string path) =>
        new Uri(Http, path).ToString();
}
