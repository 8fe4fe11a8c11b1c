using Appliance.Cli.Output;
using Appliance.Hosting.Server;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Startup;

namespace Appliance.Cli.Serving;

/// <summary>What <c>serve</c> prints once it is ready: where it is, where the data is, and what a client needs.</summary>
internal static class Banner
{
    public static void Write(Terminal terminal, ApplianceServer server, ServeSettings settings)
    {
        terminal.WriteLine($"appliance {ServerVersion.Text.Split('+')[0]} is ready");
        terminal.WriteLine($"  gRPC  {server.Addresses.Grpc.Url}");
        terminal.WriteLine($"  HTTP  {server.Addresses.Http.Url}");
        terminal.WriteLine($"  data  {settings.DataDirectory}");
        if (server.Parts.Certificates is { AuthorityPath: { } authority })
        {
            terminal.WriteLine($"  TLS   clients must trust {authority}: copy it to /usr/local/share/ca-certificates and run");
            terminal.WriteLine("        update-ca-certificates, or set NODE_EXTRA_CA_CERTS for Node");
        }

        WriteCredentials(terminal, server, settings);
    }

    /// <summary>A new secret is shown once, and never to a log: under systemd, standard output is one.</summary>
    private static void WriteCredentials(Terminal terminal, ApplianceServer server, ServeSettings settings)
    {
        if (server.Parts.FirstToken is not { } token)
        {
            return;
        }

        if (!token.IsNew || Environment.GetEnvironmentVariable("INVOCATION_ID") is not null)
        {
            terminal.WriteLine($"  token  . {FirstToken.PathIn(settings.DataDirectory)}");
            return;
        }

        terminal.WriteLine($"For a Modal client (also in {FirstToken.PathIn(settings.DataDirectory)}):");
        foreach (string line in token.LinesFor(server.Addresses.Grpc.Url))
        {
            terminal.WriteLine("  " + line);
        }
    }
}
