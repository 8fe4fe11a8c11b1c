using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Commands;
using Appliance.Engine.Files;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;
using Asked = Appliance.Protos.Modal.ContainerFilesystemExecRequest.FileExecRequestOneofOneofCase;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>Files of running containers by handles, as clients had them before the file tools (contracts/sandbox.md §3).</summary>
public sealed class ContainerFileService(
    SandboxDirectory directory, FileDesk files, TaskProcesses processes, DrainSignal drain, TimeProvider clock) : ModalClient.ModalClientBase
{
    private const int ChunkBytes = 1 << 20;

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    private readonly FileOutcomes outcomes = new(clock);
    private readonly FileRequests requests = new(files);

    /// <summary>Does it, and keeps what came of it for the second call: failures of files travel there, not as a status.</summary>
    public override async Task<ContainerFilesystemExecResponse> ContainerFilesystemExec(
        ContainerFilesystemExecRequest request, ServerCallContext context)
    {
        TaskId task = directory.GetByTask(context.GetCaller(), ObjectId.Read<TaskId>(request.TaskId)).TaskId;
        var response = new ContainerFilesystemExecResponse { ExecId = ExecIds.Mint(task) };
        var outcome = new FileOutcome(response.ExecId, task, clock.GetUtcNow());
        try
        {
            if (request.FileExecRequestOneofCase == Asked.FileOpenRequest)
            {
                response.FileDescriptor = await requests.OpenAsync(task, request.FileOpenRequest, context.CancellationToken);
            }
            else if (request.FileExecRequestOneofCase == Asked.FileWatchRequest)
            {
                await files.Tools.StartAsync(task, response.ExecId, FileRequests.WatchCommand(request.FileWatchRequest), context.CancellationToken);
                outcome = outcome with { Watch = new WatchLines() };
            }
            else if (request.FileExecRequestOneofCase == Asked.FileLsRequest)
            {
                outcome = outcome with { Output = await requests.ListAsync(task, request.FileLsRequest, context.CancellationToken) };
            }
            else
            {
                outcome = outcome with { Slice = await requests.RunAsync(task, request, context.CancellationToken) };
            }
        }
        catch (FileToolException failure)
        {
            // A client that asks for a handle before it looks at the failure must have one.
            response.FileDescriptor = "";
            outcome = outcome with { Failure = failure };
        }

        outcomes.Add(outcome);
        return response;
    }

    public override async Task ContainerFilesystemExecGetOutput(
        ContainerFilesystemExecGetOutputRequest request, IServerStreamWriter<FilesystemRuntimeOutputBatch> responseStream, ServerCallContext context)
    {
        FileOutcome outcome = outcomes.Get(request.ExecId);
        directory.GetByTask(context.GetCaller(), outcome.Task);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        time.CancelAfter(request.Timeout is > 0 and < 55 ? TimeSpan.FromSeconds(request.Timeout) : LongestHold);
        try
        {
            if (outcome.Watch is { } lines)
            {
                await FollowAsync(outcome, lines, responseStream, time.Token);
                return;
            }

            if (outcome.Slice is { Length: > 0 } slice)
            {
                await SendAsync(slice, responseStream, time.Token);
            }

            if (outcome.Output.Length > 0)
            {
                await responseStream.WriteAsync(new FilesystemRuntimeOutputBatch { Output = { outcome.Output } }, time.Token);
            }

            await EndAsync(outcome.Failure, responseStream, time.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The time is up: the client asks again.
        }
    }

    /// <summary>Events of a watch, each once: a client that asks again says nothing of what it has.</summary>
    private async Task FollowAsync(
        FileOutcome outcome, WatchLines lines, IServerStreamWriter<FilesystemRuntimeOutputBatch> stream, CancellationToken cancellation)
    {
        ContainerProcess process = await processes.GetExecAsync(outcome.Task, outcome.ExecId, cancellation);
        await foreach (OutputPiece piece in OutputReader.ReadAsync(process.OutputPath, lines.Offset, process.OutputEnded, cancellation))
        {
            foreach (ByteString line in lines.Take(piece))
            {
                await stream.WriteAsync(new FilesystemRuntimeOutputBatch { Output = { line } }, cancellation);
            }
        }

        ProcessExit exit = await process.Exited;
        await EndAsync(exit.Status == 0 ? null : await FileTools.ReadFailureAsync(process.ErrorPath, cancellation), stream, cancellation);
    }

    private static async Task SendAsync(FileSlice slice, IServerStreamWriter<FilesystemRuntimeOutputBatch> stream, CancellationToken cancellation)
    {
        await using FileStream file = new(slice.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, useAsync: true);
        file.Position = slice.Offset;
        for (long left = slice.Length; left > 0;)
        {
            byte[] chunk = new byte[Math.Min(ChunkBytes, left)];
            await file.ReadExactlyAsync(chunk, cancellation);
            await stream.WriteAsync(new FilesystemRuntimeOutputBatch { Output = { UnsafeByteOperations.UnsafeWrap(chunk) } }, cancellation);
            left -= chunk.Length;
        }
    }

    /// <summary>The client looks at nothing else of a batch that is the end, so a failure comes before.</summary>
    private static async Task EndAsync(FileToolException? failure, IServerStreamWriter<FilesystemRuntimeOutputBatch> stream, CancellationToken cancellation)
    {
        if (failure is not null)
        {
            await stream.WriteAsync(new FilesystemRuntimeOutputBatch { Error = FileErrors.Of(failure) }, cancellation);
        }

        await stream.WriteAsync(new FilesystemRuntimeOutputBatch { Eof = true }, cancellation);
    }
}
