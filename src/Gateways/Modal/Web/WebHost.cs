using Appliance.Core.Ids.Functions;
using Appliance.Metadata.Apps;
using Appliance.Metadata.Functions;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using EnvironmentRows = Appliance.Metadata.Identity.Environments;

namespace Appliance.Gateways.Modal.Web;

/// <summary>A host name that leads to a web function.</summary>
/// <param name="Name">What answers.</param>
/// <param name="Environment">Where it lives.</param>
public sealed record WebHost(WebName Name, EnvironmentRecord Environment)
{
    /// <summary>By the whole of the host's name, or the first label of it; null when no running app answers there.</summary>
    public static WebHost? Find(ReadTransaction read, string host)
    {
        int dot = host.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0)
        {
            return null;
        }

        string whole = host.ToLowerInvariant();
        return Find(read, WebNameRows.Find(read, whole) ?? WebNameRows.Find(read, whole[..dot]));
    }

    /// <summary>By an address that clients were told.</summary>
    public static WebHost? Find(ReadTransaction read, Uri address) => Find(read, address.Host) ?? FindByPort(read, address.Port);

    /// <summary>By a function that has a name of its own; null when it is none, or its app has stopped.</summary>
    public static WebHost? Find(ReadTransaction read, FunctionId function) => Find(read, WebNameRows.FindFirst(read, function));

    /// <summary>By the port that a function has to itself.</summary>
    public static WebHost? FindByPort(ReadTransaction read, int port) =>
        WebPortRows.FindName(read, port) is { } name ? Find(read, WebNameRows.Find(read, name)) : null;

    /// <summary>What a stopped app leaves is removed in the background.</summary>
    private static WebHost? Find(ReadTransaction read, WebName? name) =>
        name is not null
            && FunctionRows.Find(read, name.FunctionId) is { } function
            && AppRows.Find(read, function.AppId) is { StoppedAt: null } app
            && EnvironmentRows.Find(read, app.EnvironmentId) is { } environment
            ? new WebHost(name, environment)
            : null;
}
