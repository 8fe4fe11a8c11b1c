using System.Diagnostics;
using Appliance.Protos.CommandRouter;
using Appliance.Protos.Modal;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Bench.Containers;

/// <summary>A client of the command router that only counts what it reads.</summary>
internal sealed class OutputCaller : IDisposable
{
    private readonly GrpcChannel channel;
    private readonly TaskCommandRouter.TaskCommandRouterClient client;
    private readonly string task;
    private readonly global::Grpc.Core.Metadata credentials;

    private OutputCaller(GrpcChannel channel, string task, string token)
    {
        this.channel = channel;
        this.task = task;
        client = new TaskCommandRouter.TaskCommandRouterClient(channel);
        credentials = new global::Grpc.Core.Metadata { { "authorization", $"Bearer {token}" } };
    }

    public static async Task<OutputCaller> ConnectAsync(ServedAppliance server, string sandbox)
    {
        GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{server.GrpcPort}");
        var modal = new ModalClient.ModalClientClient(channel);
        var headers = new global::Grpc.Core.Metadata();
        foreach ((string name, string value) in server.Headers.Where(header => header.Name.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(name, value);
        }

        string task = (await modal.SandboxGetTaskIdAsync(new SandboxGetTaskIdRequest { SandboxId = sandbox }, headers)).TaskId;
        TaskGetCommandRouterAccessResponse access = await modal.TaskGetCommandRouterAccessAsync(
            new TaskGetCommandRouterAccessRequest { TaskId = task }, headers);
        return new OutputCaller(channel, task, access.Jwt);
    }

    /// <summary>Milliseconds from a command's start to its last byte.</summary>
    public async Task<double> MeasureAsync(string[] command, long bytes)
    {
        long begun = Stopwatch.GetTimestamp();
        string id = Guid.NewGuid().ToString();
        await client.TaskExecStartAsync(
            new TaskExecStartRequest
            {
                TaskId = task,
                ExecId = id,
                CommandArgs = { command },
                StdoutConfig = TaskExecStdoutConfig.Pipe,
                StderrConfig = TaskExecStderrConfig.Pipe,
            },
            credentials);
        using AsyncServerStreamingCall<TaskExecStdioReadResponse> call = client.TaskExecStdioRead(
            new TaskExecStdioReadRequest { TaskId = task, ExecId = id, FileDescriptor = TaskExecStdioFileDescriptor.Stdout }, credentials);
        long read = 0;
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            read += call.ResponseStream.Current.Data.Length;
        }

        return read == bytes
            ? Stopwatch.GetElapsedTime(begun).TotalMilliseconds
            : throw new InvalidOperationException($"{read} bytes came instead of {bytes}.");
    }

    public void Dispose() => channel.Dispose();
}
