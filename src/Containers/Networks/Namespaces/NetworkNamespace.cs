using Appliance.Containers.Networks.Links;
using Appliance.Native.Networks;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Containers.Networks.Namespaces;

/// <summary>
/// A network namespace that is pinned at a path, so that it lives until it is deleted, whatever happens to the process
/// that made it.
/// </summary>
public sealed class NetworkNamespace : IDisposable
{
    public const string Loopback = "lo";

    /// <summary>The kernel gives each namespace's loopback interface this number.</summary>
    public const int LoopbackIndex = 1;

    private const int StackBytes = 256 << 10;
    private const string LowPortsSetting = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
    private const string PingSetting = "/proc/sys/net/ipv4/ping_group_range";

    private NetworkNamespace(string path, SafeFileHandle handle, RouteSocket routes)
    {
        Path = path;
        Handle = handle;
        Routes = routes;
    }

    /// <summary>Where it is pinned; what an OCI specification names.</summary>
    public string Path { get; }

    public SafeFileHandle Handle { get; }

    /// <summary>Its own links, addresses and routes.</summary>
    public RouteSocket Routes { get; }

    /// <summary>Makes one with nothing but a loopback interface, which is up.</summary>
    /// <exception cref="IOException">The kernel refuses; HResult is the errno.</exception>
    public static NetworkNamespace Create(string path)
    {
        File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        try
        {
            return OnOwnThread(() =>
            {
                ThreadNamespace.EnterNew();
                Configure();
                ThreadNamespace.Pin(path);
                return OpenHere(path);
            });
        }
        catch
        {
            Delete(path);
            throw;
        }
    }

    /// <summary>Opens one that is pinned, which an earlier process may have made.</summary>
    /// <exception cref="IOException">Nothing is pinned there; HResult is the errno.</exception>
    public static NetworkNamespace Open(string path) => OnOwnThread(() =>
    {
        ThreadNamespace.Enter(path);
        return OpenHere(path);
    });

    /// <summary>Unpins what is at a path. The kernel removes the namespace when its last process has gone.</summary>
    public static void Delete(string path)
    {
        while (ThreadNamespace.Unpin(path))
        {
        }

        File.Delete(path);
    }

    /// <summary>Gives the handles back; the namespace stays.</summary>
    public void Dispose()
    {
        Routes.Dispose();
        Handle.Dispose();
    }

    /// <summary>Runs something on a thread that may change its namespace, because it ends right after.</summary>
    internal static T OnOwnThread<T>(Func<T> work)
    {
        var outcome = new ThreadOutcome<T>(work);
        var thread = new Thread(outcome.Run, StackBytes) { IsBackground = true, Name = "network namespace" };
        thread.Start();
        thread.Join();
        return outcome.Take();
    }

    private static NetworkNamespace OpenHere(string path) => new(path, ThreadNamespace.Open(), new RouteSocket());

    // As in other container systems: every user of a container may listen on any port there, and ping.
    private static void Configure()
    {
        using (var routes = new RouteSocket())
        {
            routes.Execute("set up the loopback interface", writer => writer.SetUp(LoopbackIndex, isForwarding: false));
        }

        TryWrite(LowPortsSetting, "0");
        TryWrite(PingSetting, "0 2147483647");
    }

    private static void TryWrite(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // An appliance that itself runs in a container may have these files read-only; little depends on them.
        }
    }
}
