using System.Net;
using Appliance.Admin.Api;
using Appliance.Hosting.Settings;

namespace Appliance.Hosting.Server;

/// <summary>Where the server listens, ports resolved, and what clients should call.</summary>
public sealed record ServerAddresses(Endpoint Grpc, Endpoint Http)
{
    /// <summary>Kestrel lists its addresses in the order in which the doors were opened: gRPC, HTTP, socket.</summary>
    internal static ServerAddresses Read(IEnumerable<string> bound, ServeSettings settings)
    {
        int[] ports = [.. bound.Where(address => !address.Contains("unix:", StringComparison.Ordinal)).Select(PortOf)];
        return new ServerAddresses(Describe(settings, settings.Grpc, ports[0]), Describe(settings, settings.Http, ports[1]));
    }

    private static int PortOf(string address) => int.Parse(address[(address.LastIndexOf(':') + 1)..].TrimEnd('/'));

    private static Endpoint Describe(ServeSettings settings, ListenAddress wanted, int port)
    {
        string host = wanted.Address.Equals(IPAddress.Any) || wanted.Address.Equals(IPAddress.IPv6Any)
            ? Environment.MachineName.ToLowerInvariant()
            : new IPEndPoint(wanted.Address, 0).ToString()[..^2];
        return new Endpoint(
            new IPEndPoint(wanted.Address, port).ToString(), $"{(settings.UsesTls(wanted) ? "https" : "http")}://{host}:{port}");
    }
}
