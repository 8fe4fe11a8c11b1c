using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;
using Appliance.Engine.Functions;
using Appliance.Engine.Pools;
using Appliance.Engine.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Access;

/// <summary>Requests to functions whose containers serve a port by themselves, and what those containers say of their ports.</summary>
public sealed class ServerDesk(FunctionPools pools, SandboxSupervisor supervisor)
{
    /// <summary>A start takes seconds, so looking often costs little and saves its caller time.</summary>
    private const int ProbeIntervalMs = 50;

    /// <summary>Null for a function that is no server.</summary>
    /// <exception cref="ApplianceException">NotFound: the function. FailedPrecondition: it is not defined yet.</exception>
    public FunctionServer? Find(FunctionId function) => pools.Get(function).Definition.Server;

    /// <summary>A request comes; <see cref="Leave"/> ends it, whatever became of it.</summary>
    /// <param name="function">To what.</param>
    /// <param name="session">Requests of one session go to one container as long as it is there; empty for none.</param>
    public PoolInput Enter(FunctionId function, string session)
    {
        var request = new PoolInput(ObjectId.Mint<InputId>(), ObjectId.Mint<FunctionCallId>(), "", isSpawned: false, isDirect: true)
        {
            Seat = new ServerSeat(session),
        };
        pools.Get(function).Add([request]);
        return request;
    }

    public void Leave(FunctionId function, PoolInput request) => pools.Find(function)?.Servers.Leave(request);

    /// <summary>A container that was to serve a request refused the connection.</summary>
    public void Distrust(FunctionId function, TaskId task) => pools.Find(function)?.Servers.Distrust(task);

    /// <summary>The program of a server is done with its enter hooks: requests go to its port once that answers. Durable when this answers.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: its function is no server with a port.</exception>
    public Task BeginAsync(LiveSandbox container) => Find(FunctionOf(container)) is { AsksForInputs: false, Port: { } port }
        ? supervisor.ProbeAsync(container, new SandboxProbe((uint)port, null, ProbeIntervalMs))
        : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Function '{FunctionOf(container)}' is no server (@app.server): only those say that they are ready.");

    /// <summary>Whether a container's port is served at its function's own address, and needs none on the machine.</summary>
    public bool IsServed(LiveSandbox container, uint port) =>
        container.Record.FunctionId is { } function && Find(function) is { AsksForInputs: false } server && server.Port == port;

    /// <summary>Lets requests go to a port of a container whose program says itself when it answers; with null, no more.</summary>
    public void SetPort(LiveSandbox container, int? port) => pools.Get(FunctionOf(container)).Servers.SetPort(container.TaskId, port);

    /// <summary>Where requests to a function may go now.</summary>
    public IReadOnlyList<ServerPlace> ListPlaces(FunctionId function) => pools.Find(function)?.Servers.List() ?? [];

    private static FunctionId FunctionOf(LiveSandbox container) => container.Record.FunctionId!.Value;
}
