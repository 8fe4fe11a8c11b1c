using Appliance.Containers.Ttrpc;
using Appliance.Protos.Containerd.Runc;
using Appliance.Protos.Containerd.Tasks;
using Appliance.Protos.Containerd.TaskV2;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Appliance.Containers.Shims;

/// <summary>
/// One shim's task service. Versions 2 and 3 of it differ in their name alone, so the messages of version 2 serve both.
/// </summary>
public sealed class ShimClient : IAsyncDisposable
{
    private const string Version2 = "containerd.task.v2.Task";
    private const string Version3 = "containerd.task.v3.Task";

    private readonly TtrpcClient connection;
    private readonly string container;
    private string service = Version2;

    private ShimClient(TtrpcClient connection, string container)
    {
        this.connection = connection;
        this.container = container;
    }

    /// <summary>Ends when the shim is gone.</summary>
    public Task Closed => connection.Closed;

    /// <exception cref="TtrpcException">Unavailable: there is no shim.</exception>
    public static async Task<ShimClient> ConnectAsync(string socket, string container, CancellationToken cancellation) =>
        new(await TtrpcClient.ConnectAsync(socket, cancellation), container);

    /// <param name="bundle">What the container is to be.</param>
    /// <param name="streams">Where its streams go.</param>
    /// <param name="options">Of the shim.</param>
    /// <param name="checkpoint">A directory that the start restores; empty to begin anew.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task CreateAsync(
        string bundle, ShimStreams streams, Options options, string checkpoint, CancellationToken cancellation)
    {
        var request = new CreateTaskRequest
        {
            Id = container,
            Bundle = bundle,
            Terminal = streams.IsTerminal,
            Stdin = streams.Input ?? "",
            Stdout = streams.Output,
            Stderr = streams.Error ?? "",
            Options = Wrap("containerd.runc.v1.Options", options),
            Checkpoint = checkpoint,
        };
        await CallAsync("Create", request, CreateTaskResponse.Parser, cancellation);
    }

    public async Task<int> StartAsync(string execId, CancellationToken cancellation)
    {
        var request = new StartRequest { Id = container, ExecId = execId };
        return (int)(await CallAsync("Start", request, StartResponse.Parser, cancellation)).Pid;
    }

    /// <param name="execId">The new process's own id.</param>
    /// <param name="process">Its OCI description, as JSON.</param>
    /// <param name="streams">Where its streams go.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    public Task ExecAsync(string execId, byte[] process, ShimStreams streams, CancellationToken cancellation)
    {
        var request = new ExecProcessRequest
        {
            Id = container,
            ExecId = execId,
            Terminal = streams.IsTerminal,
            Stdin = streams.Input ?? "",
            Stdout = streams.Output,
            Stderr = streams.Error ?? "",
            Spec = new Any { TypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/Process", Value = UnsafeByteOperations.UnsafeWrap(process) },
        };
        return CallAsync("Exec", request, Empty.Parser, cancellation);
    }

    /// <summary>Waits for the end of a process.</summary>
    /// <returns>Its exit code, or 128 and the signal that ended it.</returns>
    public async Task<int> WaitAsync(string execId, CancellationToken cancellation)
    {
        var request = new WaitRequest { Id = container, ExecId = execId };
        return (int)(await CallAsync("Wait", request, WaitResponse.Parser, cancellation)).ExitStatus;
    }

    public Task<StateResponse> StateAsync(string execId, CancellationToken cancellation) =>
        CallAsync("State", new StateRequest { Id = container, ExecId = execId }, StateResponse.Parser, cancellation);

    public Task KillAsync(string execId, int signal, bool all, CancellationToken cancellation) => CallAsync(
        "Kill", new KillRequest { Id = container, ExecId = execId, Signal = (uint)signal, All = all }, Empty.Parser, cancellation);

    /// <summary>Forgets a process that has ended, once all of its output has been passed on.</summary>
    public Task DeleteAsync(string execId, CancellationToken cancellation) =>
        CallAsync("Delete", new DeleteRequest { Id = container, ExecId = execId }, DeleteResponse.Parser, cancellation);

    public Task CloseInputAsync(string execId, CancellationToken cancellation) => CallAsync(
        "CloseIO", new CloseIORequest { Id = container, ExecId = execId, Stdin = true }, Empty.Parser, cancellation);

    public Task ResizeAsync(string execId, uint rows, uint columns, CancellationToken cancellation) => CallAsync(
        "ResizePty", new ResizePtyRequest { Id = container, ExecId = execId, Height = rows, Width = columns }, Empty.Parser, cancellation);

    public Task PauseAsync(CancellationToken cancellation) =>
        CallAsync("Pause", new PauseRequest { Id = container }, Empty.Parser, cancellation);

    public Task ResumeAsync(CancellationToken cancellation) =>
        CallAsync("Resume", new ResumeRequest { Id = container }, Empty.Parser, cancellation);

    /// <summary>Asks the shim to end itself; it does so once it has no container left.</summary>
    public async Task ShutdownAsync(CancellationToken cancellation)
    {
        try
        {
            await CallAsync("Shutdown", new ShutdownRequest { Id = container, Now = true }, Empty.Parser, cancellation);
        }
        catch (TtrpcException gone) when (gone.Code is TtrpcCode.Unavailable)
        {
            // It ended before it could answer.
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private async Task<TResponse> CallAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, CancellationToken cancellation)
        where TResponse : IMessage<TResponse>
    {
        try
        {
            return await connection.CallAsync(service, method, request, parser, cancellation);
        }
        catch (TtrpcException refusal) when (refusal.Code is TtrpcCode.Unimplemented && service == Version2)
        {
            service = Version3;
            return await connection.CallAsync(service, method, request, parser, cancellation);
        }
    }

    private static Any Wrap(string type, IMessage message) => new() { TypeUrl = type, Value = message.ToByteString() };
}
