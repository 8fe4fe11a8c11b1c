using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>Commands in running containers as clients ran them before there was a command router (contracts/sandbox.md §3).</summary>
public sealed class ContainerExecService(
    SandboxDirectory directory, ExecDesk execs, TaskProcesses processes, DrainSignal drain) : ModalClient.ModalClientBase
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(55);

    // Numbers of messages, which the processes themselves do not know.
    private readonly ConcurrentDictionary<string, NumberedInput> inputs = new(StringComparer.Ordinal);

    public override async Task<ContainerExecResponse> ContainerExec(ContainerExecRequest request, ServerCallContext context)
    {
        TaskId task = directory.GetByTask(context.GetCaller(), ObjectId.Read<TaskId>(request.TaskId)).TaskId;
        string exec = ExecIds.Mint(task);
        var wanted = new ExecRequest
        {
            Arguments = [.. request.Command],
            Variables = [.. request.SecretIds.Select(VariableSource.OfSecret)],
            WorkingDirectory = request.HasWorkdir && request.Workdir.Length > 0 ? request.Workdir : null,
            TimeLimit = request.TimeoutSecs > 0 ? TimeSpan.FromSeconds(request.TimeoutSecs) : null,
            Terminal = request.PtyInfo is { Enabled: true } pty ? new TerminalSize(pty.WinszRows, pty.WinszCols) : null,
            DiscardsOutput = request.StdoutOutput == ExecOutputOption.Devnull,
            DiscardsError = request.StderrOutput == ExecOutputOption.Devnull,
        };
        await execs.StartAsync(task, exec, wanted, context.CancellationToken);
        return new ContainerExecResponse { ExecId = exec };
    }

    /// <summary>Follows one stream. A batch's number is the offset after it, so that it is also where to go on.</summary>
    public override async Task ContainerExecGetOutput(
        ContainerExecGetOutputRequest request, IServerStreamWriter<RuntimeOutputBatch> responseStream, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.ExecId, context);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        time.CancelAfter(Hold(request.Timeout));
        string path = request.FileDescriptor == FileDescriptor.Stderr ? process.ErrorPath : process.OutputPath;
        var decoder = new OffsetDecoder((long)request.LastBatchIndex);
        try
        {
            await foreach (OutputPiece piece in OutputReader.ReadAsync(path, decoder.Offset, process.OutputEnded, time.Token))
            {
                if (piece.Missing > 0)
                {
                    throw new ApplianceException(
                        ErrorKind.FailedPrecondition, $"The first {piece.Offset} bytes of this output of exec '{request.ExecId}' are not kept any more.");
                }

                string text = decoder.Decode(piece.Bytes.Span);
                RuntimeOutputMessage item = request.GetRawBytes
                    ? new RuntimeOutputMessage { FileDescriptor = request.FileDescriptor, MessageBytes = UnsafeByteOperations.UnsafeWrap(piece.Bytes) }
                    : new RuntimeOutputMessage { FileDescriptor = request.FileDescriptor, Message = text };
                long next = request.GetRawBytes ? piece.Offset + piece.Bytes.Length : decoder.Offset;
                await responseStream.WriteAsync(new RuntimeOutputBatch { BatchIndex = (ulong)next, Items = { item } }, time.Token);
            }

            ProcessExit exit = await process.Exited;
            string rest = request.GetRawBytes ? "" : decoder.Finish();
            var last = new RuntimeOutputBatch { BatchIndex = (ulong)decoder.Offset, ExitCode = exit.Status };
            if (rest.Length > 0)
            {
                last.Items.Add(new RuntimeOutputMessage { FileDescriptor = request.FileDescriptor, Message = rest });
            }

            await responseStream.WriteAsync(last, context.CancellationToken);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The time is up: the client opens the next stream where this one ended.
        }
    }

    public override async Task<ContainerExecWaitResponse> ContainerExecWait(ContainerExecWaitRequest request, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.ExecId, context);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        await Task.WhenAny(process.Exited, Task.Delay(Hold(request.Timeout), time.Token));
        context.CancellationToken.ThrowIfCancellationRequested();
        return process.Exited.IsCompleted
            ? new ContainerExecWaitResponse { Completed = true, ExitCode = (await process.Exited).Status }
            : new ContainerExecWaitResponse();
    }

    /// <summary>Messages have numbers from 1 on; one that comes again is dropped.</summary>
    public override async Task<Google.Protobuf.WellKnownTypes.Empty> ContainerExecPutInput(ContainerExecPutInputRequest request, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.ExecId, context);
        if (process.Input is not { } input || process.Exited.IsCompleted)
        {
            inputs.TryRemove(request.ExecId, out _);
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Exec '{request.ExecId}' has ended: nobody reads its input.");
        }

        RuntimeInputMessage message = request.Input ?? new RuntimeInputMessage();
        NumberedInput state = inputs.GetOrAdd(request.ExecId, _ => new NumberedInput());
        await state.Turn.WaitAsync(context.CancellationToken);
        try
        {
            if (message.MessageIndex == 0 || message.MessageIndex > state.Last)
            {
                await input.WriteAsync(input.Taken, message.Message.Memory, message.Eof, process.Exited, context.CancellationToken);
                state.Last = Math.Max(state.Last, message.MessageIndex);
            }
        }
        finally
        {
            state.Turn.Release();
        }

        return new Google.Protobuf.WellKnownTypes.Empty();
    }

    /// <summary>A command, or the program of a container itself, which is called by the container's id (<see cref="ShellService"/>).</summary>
    private async Task<ContainerProcess> FindAsync(string exec, ServerCallContext context)
    {
        if (ObjectId.TryRead(exec, out TaskId own))
        {
            return (await processes.GetContainerAsync(directory.GetByTask(context.GetCaller(), own).TaskId, context.CancellationToken)).Main;
        }

        TaskId task = directory.GetByTask(context.GetCaller(), ExecIds.TaskOf(exec)).TaskId;
        return await processes.GetExecAsync(task, exec, context.CancellationToken);
    }

    private static TimeSpan Hold(float seconds) => TimeSpan.FromSeconds(seconds is > 0 and < 55 ? seconds : seconds <= 0 ? 0 : LongestHold.TotalSeconds);

    private sealed class NumberedInput
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public ulong Last { get; set; }
    }
}
