using System.Net.Sockets;
using Appliance.Containers.Networks.Links;
using Appliance.Native.Networks;

namespace Appliance.Containers.Networks.Namespaces;

/// <summary>
/// The network namespace that containers reach the world through: the process's own, or one that is pinned at a path.
/// Sockets keep to the namespace in which they were opened, so only opening one depends on it.
/// </summary>
public sealed class HostStack : IDisposable
{
    private readonly string? path;

    /// <param name="path">Where the namespace is pinned; null for the process's own.</param>
    public HostStack(string? path = null)
    {
        this.path = path;
        Routes = Run(() => new RouteSocket());
    }

    public RouteSocket Routes { get; }

    /// <summary>Does something in the namespace. Inside, <c>/proc/sys/net</c> shows its settings.</summary>
    public T Run<T>(Func<T> work)
    {
        if (path is null)
        {
            return work();
        }

        return NetworkNamespace.OnOwnThread(() =>
        {
            ThreadNamespace.Enter(path);
            return work();
        });
    }

    public Socket OpenSocket(AddressFamily family, SocketType type, ProtocolType protocol) => Run(() => new Socket(family, type, protocol));

    public void Dispose() => Routes.Dispose();
}
