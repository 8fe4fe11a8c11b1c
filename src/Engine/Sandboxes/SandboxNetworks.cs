using System.Net.Sockets;
using Appliance.Containers.Networks;
using Appliance.Containers.Networks.Connections;
using Appliance.Containers.Networks.Names;
using Appliance.Containers.Networks.Policies;
using Appliance.Containers.Networks.Tunnels;
using Appliance.Containers.Networks.Wires;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Ids;
using Microsoft.Extensions.Logging;

namespace Appliance.Engine.Sandboxes;

/// <summary>The networks of sandboxes. Nothing of them exists before the first is wanted.</summary>
/// <param name="run">Where they are pinned.</param>
/// <param name="serviceSocket">What containers reach of this machine.</param>
/// <param name="log">Where to log.</param>
public sealed class SandboxNetworks(RunDirectory run, string serviceSocket, ILogger log) : IAsyncDisposable
{
    private const UnixFileMode ForEveryone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly SemaphoreSlim turn = new(1);
    private readonly string directory = DirectoryOf(run);
    private NetworkPool? pool;
    private bool hasStarted;

    public static string DirectoryOf(RunDirectory run) => Path.Combine(run.Root, "network");

    /// <summary>Whether an earlier process left networks.</summary>
    public bool HasLeftovers => Directory.Exists(directory);

    /// <summary>Where containers reach this machine's service, at port 80; null while there are none.</summary>
    public System.Net.IPAddress? ServiceAddress => pool?.ServiceAddress;

    /// <summary>Takes up the network of a container that an earlier process started; before <see cref="StartAsync"/>.</summary>
    public Task AdoptAsync(TaskId task, SandboxNetwork wanted, ClusterOfTask? cluster) =>
        Open().AdoptAsync(task.Text, PolicyOf(wanted), cluster?.Id);

    /// <summary>Removes what was not adopted, and keeps some networks ready from now on.</summary>
    public async Task<NetworkPool> StartAsync()
    {
        await turn.WaitAsync();
        try
        {
            NetworkPool opened = Open();
            if (!hasStarted)
            {
                await opened.StartAsync();
                hasStarted = true;
            }

            return opened;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Gives a container its network, and the files by which its programs know names.</summary>
    /// <param name="task">The container.</param>
    /// <param name="wanted">What it may reach.</param>
    /// <param name="hostName">Its own name.</param>
    /// <param name="files">Where to write the files.</param>
    /// <param name="cluster">The containers that it reaches beside that; null for none.</param>
    /// <returns>The namespace's path, and the files' mounts.</returns>
    /// <exception cref="Core.Errors.ApplianceException">What the machine lacks; or a malformed policy.</exception>
    public async Task<(string Namespace, IReadOnlyList<ContainerMount> Mounts)> RentAsync(
        TaskId task, SandboxNetwork wanted, string hostName, string files, ClusterOfTask? cluster = null)
    {
        NetworkPool started = await StartAsync();
        if (started.Find(task.Text) is not null)
        {
            // An earlier server was killed between this and the container's start.
            await started.ReleaseAsync(task.Text);
        }

        ContainerNetwork network = await started.RentAsync(task.Text, PolicyOf(wanted));
        WirePlace? place = cluster is null ? null : new WirePlace(cluster.Id, cluster.Rank);
        if (place is not null)
        {
            await started.JoinAsync(task.Text, place);
        }

        HostsFiles contents = HostsFiles.For(network, hostName, place, ResolverFile.Read());
        Directory.CreateDirectory(files);
        return (network.NamespacePath,
        [
            Write(files, "hosts", contents.Hosts),
            Write(files, "resolv.conf", contents.Resolver),
            Write(files, "hostname", contents.HostName),
        ]);
    }

    /// <summary>Lets another container into a container's network.</summary>
    /// <param name="task">Whose it is.</param>
    /// <param name="files">Where the files were written.</param>
    /// <returns>The namespace's path, and the files' mounts.</returns>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the container has none any more.</exception>
    public (string Namespace, IReadOnlyList<ContainerMount> Mounts) Share(TaskId task, string files) =>
        Open().Find(task.Text) is { } network
            ? (network.NamespacePath, [Mount(files, "hosts"), Mount(files, "resolv.conf"), Mount(files, "hostname")])
            : throw SandboxErrors.NoSuchTask(task.Text);

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: a malformed policy. NotFound: no such container.</exception>
    public Task SetPolicyAsync(TaskId task, SandboxNetwork wanted) => Open().SetPolicyAsync(task.Text, PolicyOf(wanted));

    /// <summary>Publishes a port of a container on the machine until the listener is disposed.</summary>
    /// <exception cref="Core.Errors.ApplianceException">AlreadyExists: the machine's port is taken. FailedPrecondition: there is no network.</exception>
    public TunnelListener OpenTunnel(TaskId task, TunnelSettings settings) => Open().OpenTunnel(task.Text, settings);

    /// <summary>Connects from the machine to a port of a container, whatever its policy.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="Core.Errors.ApplianceException">NotFound, FailedPrecondition: there is no network.</exception>
    public Task<Socket> ConnectAsync(TaskId task, int port, CancellationToken cancellation) =>
        Open().ConnectAsync(task.Text, port, cancellation);

    /// <summary>The container's TCP connections with others; none where it has no network.</summary>
    public IReadOnlyList<OpenConnection> ListConnections(TaskId task) =>
        pool?.Find(task.Text)?.Address is { } address ? OpenConnections.Of(address) : [];

    public Task ReleaseAsync(TaskId task) => pool?.Find(task.Text) is null ? Task.CompletedTask : pool.ReleaseAsync(task.Text);

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: an entry is malformed.</exception>
    public static NetworkPolicy PolicyOf(SandboxNetwork wanted) => wanted.Kind switch
    {
        SandboxNetworkKind.Open => NetworkPolicy.Open,
        SandboxNetworkKind.Blocked => NetworkPolicy.Blocked,
        _ => NetworkPolicy.Allow(wanted.Cidrs, wanted.Domains),
    };

    /// <summary>Networks of containers stay, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (pool is not null)
        {
            await pool.DisposeAsync();
        }

        turn.Dispose();
    }

    private NetworkPool Open()
    {
        if (pool is null)
        {
            run.Ensure();
            pool = NetworkPool.Open(new NetworkSettings { Instance = run.Instance, RunDirectory = directory, ServiceSocket = serviceSocket }, log);
        }

        return pool;
    }

    private static ContainerMount Write(string directory, string name, string content)
    {
        string path = Path.Combine(directory, name);
        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, ForEveryone);
        return Mount(directory, name);
    }

    private static ContainerMount Mount(string directory, string name) =>
        new(Path.Combine(directory, name), "/etc/" + name, IsReadOnly: false);
}
