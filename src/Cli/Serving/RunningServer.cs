using System.Net.Sockets;
using Appliance.Admin.Api;
using Appliance.Hosting.Listeners;

namespace Appliance.Cli.Serving;

/// <summary>The server that runs on a data directory, if any.</summary>
public static class RunningServer
{
    /// <summary>Null when none runs. A server that is there answers, or its failure is told.</summary>
    public static async Task<AdminClient?> FindAsync(string dataDirectory, CancellationToken cancellation)
    {
        Socket? first = await AdminSocket.ConnectAsync(dataDirectory, cancellation);
        if (first is null)
        {
            return null;
        }

        return new AdminClient(async more =>
            Interlocked.Exchange(ref first, null)
            ?? await AdminSocket.ConnectAsync(dataDirectory, more)
            ?? throw new HttpRequestException("it has stopped"));
    }
}
