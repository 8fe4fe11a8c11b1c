using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine;
using Appliance.Engine.Commands;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>Commands in running containers: start, output, end (contracts/sandbox.md §3).</summary>
public sealed class ExecService(ExecDesk execs, TaskProcesses processes) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskExecStartResponse> TaskExecStart(TaskExecStartRequest request, ServerCallContext context)
    {
        TaskId task = context.GetTask(request.TaskId);
        var wanted = new ExecRequest
        {
            Arguments = [.. request.CommandArgs],
            ContainerId = request.ContainerId,
            Variables =
            [
                .. request.SecretIds.Select(VariableSource.OfSecret),
                .. request.SecretSources.Select(ToVariables),
                VariableSource.Of(request.Env),
            ],
            WorkingDirectory = request.HasWorkdir && request.Workdir.Length > 0 ? request.Workdir : null,
            TimeLimit = request.HasTimeoutSecs && request.TimeoutSecs > 0 ? TimeSpan.FromSeconds(request.TimeoutSecs) : null,
            Terminal = request.PtyInfo is { Enabled: true } pty ? new TerminalSize(pty.WinszRows, pty.WinszCols) : null,
            DiscardsOutput = request.StdoutConfig == TaskExecStdoutConfig.Devnull,
            DiscardsError = request.StderrConfig == TaskExecStderrConfig.Devnull,
        };
        await execs.StartAsync(task, request.ExecId, wanted, context.CancellationToken);
        return new TaskExecStartResponse();
    }

    public override async Task<TaskExecPollResponse> TaskExecPoll(TaskExecPollRequest request, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.TaskId, request.ExecId, context);
        var response = new TaskExecPollResponse();
        if (process.Exited.IsCompleted)
        {
            ProcessExit exit = await process.Exited;
            if (exit.Signal != 0)
            {
                response.Signal = exit.Signal;
            }
            else
            {
                response.Code = exit.Status;
            }
        }

        return response;
    }

    public override async Task<TaskExecWaitResponse> TaskExecWait(TaskExecWaitRequest request, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.TaskId, request.ExecId, context);
        ProcessExit exit = await process.Exited.WaitAsync(context.CancellationToken);
        return exit.Signal != 0 ? new TaskExecWaitResponse { Signal = exit.Signal } : new TaskExecWaitResponse { Code = exit.Status };
    }

    public override async Task TaskExecStdioRead(
        TaskExecStdioReadRequest request, IServerStreamWriter<TaskExecStdioReadResponse> responseStream, ServerCallContext context)
    {
        ContainerProcess process = await FindAsync(request.TaskId, request.ExecId, context);
        string path = request.FileDescriptor == TaskExecStdioFileDescriptor.Stderr ? process.ErrorPath : process.OutputPath;
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, (long)request.Offset, process.OutputEnded, context.CancellationToken))
        {
            if (piece.Missing > 0)
            {
                // The client counts what it reads, so nothing can be left out.
                throw new ApplianceException(
                    ErrorKind.FailedPrecondition,
                    $"The first {piece.Offset} bytes of this output of exec '{request.ExecId}' are not kept any more: read it while the command runs, or let the operator raise 'log-limit'.");
            }

            await responseStream.WriteAsync(new TaskExecStdioReadResponse { Data = UnsafeByteOperations.UnsafeWrap(piece.Bytes) });
        }
    }

    private Task<ContainerProcess> FindAsync(string task, string exec, ServerCallContext context) =>
        processes.GetExecAsync(context.GetTask(task), exec, context.CancellationToken);

    private static VariableSource ToVariables(SecretSource source) => source.SourceCase == SecretSource.SourceOneofCase.SecretId
        ? VariableSource.OfSecret(source.SecretId)
        : VariableSource.Of(source.Env.Contents);
}
