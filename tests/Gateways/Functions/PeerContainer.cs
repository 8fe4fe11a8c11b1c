using System.Globalization;
using System.Net.Sockets;
using Appliance.Containers.Runtime;
using Appliance.Core.Ids;
using Appliance.Engine.Functions;
using Appliance.Protos.Modal;
using Appliance.Tests.Hosting;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using GenericStatus = Appliance.Protos.Modal.GenericResult.Types.GenericStatus;

namespace Appliance.Tests.Gateways.Functions;

/// <summary>Speaks for a container as the client's program in it would: over the Unix socket, with the container's token.</summary>
internal sealed class PeerContainer : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly InProcessServer server;
    private readonly GrpcChannel channel;

    public PeerContainer(InProcessServer server, TaskId task)
        : this(server, task, server.Parts.Work.TaskTokens.IssueLasting(task))
    {
    }

    public PeerContainer(InProcessServer server, TaskId task, string token)
    {
        this.server = server;
        Task = task;
        Credentials = new global::Grpc.Core.Metadata { { FunctionOutfit.TokenHeader, token } };
        string door = Path.Combine(FunctionOutfit.DoorOf(RunDirectory.Of(server.DataDirectory)), FunctionOutfit.SocketName);
        var handler = new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(door, cancellation) };
        channel = GrpcChannel.ForAddress("http://appliance", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        Client = new ModalClient.ModalClientClient(channel);
    }

    public TaskId Task { get; }

    public ModalClient.ModalClientClient Client { get; }

    public global::Grpc.Core.Metadata Credentials { get; }

    /// <summary>Asks until there is something.</summary>
    public async Task<FunctionGetInputsItem> TakeAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            FunctionGetInputsResponse response = await Client.FunctionGetInputsAsync(new FunctionGetInputsRequest(), Credentials, cancellationToken: limit.Token);
            if (response.Inputs.Count > 0)
            {
                return Assert.Single(response.Inputs);
            }
        }
    }

    public Task PutAsync(FunctionGetInputsItem item, string data) =>
        PutAsync(item, new GenericResult { Status = GenericStatus.Success, Data = ByteString.CopyFromUtf8(data) });

    public async Task PutAsync(FunctionGetInputsItem item, GenericResult result, DataFormat format = DataFormat.Pickle) =>
        await Client.FunctionPutOutputsAsync(
            new FunctionPutOutputsRequest
            {
                Outputs = { new FunctionPutOutputsItem { InputId = item.InputId, RetryCount = item.RetryCount, Result = result, DataFormat = format } },
            },
            Credentials);

    /// <summary>Takes one input and answers with what it carries and more.</summary>
    public async Task<FunctionGetInputsItem> ServeAsync(string more = "!")
    {
        FunctionGetInputsItem item = await TakeAsync();
        await PutAsync(item, item.Input.Args.ToStringUtf8() + more);
        return item;
    }

    /// <summary>The body of the web request that an input is.</summary>
    public async Task<string> ReadBodyAsync(FunctionGetInputsItem input)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var pieces = Client.FunctionCallGetDataIn(
            new FunctionCallGetDataRequest { FunctionCallId = input.FunctionCallId }, Credentials, cancellationToken: limit.Token);
        string body = "";
        while (await pieces.ResponseStream.MoveNext(limit.Token))
        {
            Asgi.Types.HttpRequest piece = Asgi.Parser.ParseFrom(pieces.ResponseStream.Current.Data).HttpRequest;
            body += piece.Body.ToStringUtf8();
            if (!piece.MoreBody)
            {
                break;
            }
        }

        return body;
    }

    /// <summary>Sends a piece of the response to a web request.</summary>
    public async Task SendAsync(FunctionGetInputsItem input, ulong index, Asgi piece)
    {
        var chunk = new DataChunk { DataFormat = DataFormat.Asgi, Index = index, Data = piece.ToByteString() };
        await Client.FunctionCallPutDataOutAsync(new FunctionCallPutDataRequest { FunctionCallId = input.FunctionCallId, DataChunks = { chunk } }, Credentials);
    }

    public async Task<ContainerHeartbeatResponse> HeartbeatAsync() => await Client.ContainerHeartbeatAsync(new ContainerHeartbeatRequest(), Credentials);

    public async Task HelloAsync() => await Client.ContainerHelloAsync(new Empty(), Credentials);

    /// <summary>Answered when all of its cluster have said it.</summary>
    public async Task<TaskClusterHelloResponse> ClusterHelloAsync() =>
        await Client.TaskClusterHelloAsync(new TaskClusterHelloRequest { TaskId = Task.Text }, Credentials);

    /// <summary>Ends its process as the kernel would. The process may not have become the container's program yet.</summary>
    public async Task KillAsync()
    {
        DateTime end = DateTime.UtcNow + Limit;
        while (!TryKill())
        {
            Assert.True(DateTime.UtcNow < end, $"No process of '{Task}' was found.");
            await System.Threading.Tasks.Task.Delay(20);
        }

        await server.Parts.Work.Supervisor.Find(Task)!.Ended.WaitAsync(Limit);
    }

    private bool TryKill()
    {
        byte[] mark = System.Text.Encoding.ASCII.GetBytes($"MODAL_TASK_ID={Task}\0");
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int process) && Contains(Path.Combine(directory, "environ"), mark))
            {
                using var kill = System.Diagnostics.Process.GetProcessById(process);
                kill.Kill();
                return true;
            }
        }

        return false;
    }

    public void Dispose() => channel.Dispose();

    private static bool Contains(string path, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
