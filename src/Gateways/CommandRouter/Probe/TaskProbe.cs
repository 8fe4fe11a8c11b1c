using System.Text;
using Appliance.Protos.CommandRouter;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Appliance.Gateways.CommandRouter.Probe;

/// <summary>Works in one running container as a client of the command router does.</summary>
public sealed class TaskProbe(GrpcChannel channel, string taskId, string taskToken)
{
    private readonly TaskCommandRouter.TaskCommandRouterClient client = new(channel);
    private readonly Grpc.Core.Metadata credentials = new() { { "authorization", $"Bearer {taskToken}" } };

    /// <summary>Runs a command to its end.</summary>
    public async Task<CommandOutcome> RunAsync(IReadOnlyList<string> arguments, string input, CancellationToken cancellation)
    {
        string id = Guid.NewGuid().ToString();
        await client.TaskExecStartAsync(
            new TaskExecStartRequest
            {
                TaskId = taskId,
                ExecId = id,
                CommandArgs = { arguments },
                StdoutConfig = TaskExecStdoutConfig.Pipe,
                StderrConfig = TaskExecStderrConfig.Pipe,
            },
            credentials,
            cancellationToken: cancellation);
        if (input.Length > 0)
        {
            await client.TaskExecStdinWriteAsync(
                new TaskExecStdinWriteRequest { TaskId = taskId, ExecId = id, Data = ByteString.CopyFromUtf8(input), Eof = true },
                credentials,
                cancellationToken: cancellation);
        }

        TaskExecWaitResponse end = await client.TaskExecWaitAsync(
            new TaskExecWaitRequest { TaskId = taskId, ExecId = id }, credentials, cancellationToken: cancellation);
        return new CommandOutcome(
            end.ExitStatusCase == TaskExecWaitResponse.ExitStatusOneofCase.Signal ? 128 + end.Signal : end.Code,
            await ReadExecAsync(id, TaskExecStdioFileDescriptor.Stdout, cancellation),
            await ReadExecAsync(id, TaskExecStdioFileDescriptor.Stderr, cancellation));
    }

    /// <summary>What the first process writes, to its end or to some text.</summary>
    public async Task<string> ReadMainAsync(bool isError, CancellationToken cancellation, string? until = null)
    {
        using AsyncServerStreamingCall<SandboxStdioReadV2Response> call = client.SandboxStdioReadV2(
            new SandboxStdioReadV2Request
            {
                TaskId = taskId,
                FileDescriptor = isError ? SandboxStdioFileDescriptor.Stderr : SandboxStdioFileDescriptor.Stdout,
            },
            credentials,
            cancellationToken: cancellation);
        return await ReadAsync(call.ResponseStream, piece => piece.Data, until, cancellation);
    }

    /// <returns>The id of the image that the container's files have become.</returns>
    public async Task<string> SnapshotAsync(CancellationToken cancellation)
    {
        var request = new TaskSnapshotFilesystemRequest { TaskId = taskId, SnapshotId = Guid.NewGuid().ToString() };
        return (await client.TaskSnapshotFilesystemAsync(request, credentials, cancellationToken: cancellation)).ImageId;
    }

    private async Task<string> ReadExecAsync(string exec, TaskExecStdioFileDescriptor descriptor, CancellationToken cancellation)
    {
        using AsyncServerStreamingCall<TaskExecStdioReadResponse> call = client.TaskExecStdioRead(
            new TaskExecStdioReadRequest { TaskId = taskId, ExecId = exec, FileDescriptor = descriptor },
            credentials,
            cancellationToken: cancellation);
        return await ReadAsync(call.ResponseStream, piece => piece.Data, until: null, cancellation);
    }

    private static async Task<string> ReadAsync<T>(
        IAsyncStreamReader<T> stream, Func<T, ByteString> dataOf, string? until, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        while (await stream.MoveNext(cancellation))
        {
            dataOf(stream.Current).WriteTo(bytes);
            if (until is not null && TextOf(bytes).Contains(until, StringComparison.Ordinal))
            {
                break;
            }
        }

        return TextOf(bytes);
    }

    private static string TextOf(MemoryStream bytes) => Encoding.UTF8.GetString(bytes.ToArray());
}

/// <summary>How a command went.</summary>
public sealed record CommandOutcome(int Status, string Output, string Errors);
