using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Engine.Commands;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Grpc.Core;
using Payload = Appliance.Protos.CommandRouter.TaskExecStdinWriteStreamRequest.PayloadOneofCase;

namespace Appliance.Gateways.CommandRouter;

/// <summary>The standard input of commands, by offset (contracts/sandbox.md §3).</summary>
public sealed class ExecInputService(TaskProcesses processes) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task<TaskExecStdinWriteResponse> TaskExecStdinWrite(TaskExecStdinWriteRequest request, ServerCallContext context)
    {
        (ContainerProcess process, InputPipe input) = await FindAsync(request.TaskId, request.ExecId, context);
        await input.WriteAsync((long)request.Offset, request.Data.Memory, request.Eof, process.Exited, context.CancellationToken);
        return new TaskExecStdinWriteResponse();
    }

    public override async Task<TaskExecStdinWriteStreamResponse> TaskExecStdinWriteStream(
        IAsyncStreamReader<TaskExecStdinWriteStreamRequest> requestStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.PayloadCase != Payload.Start)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "The first message of an input stream must be 'start'.");
        }

        TaskExecStdinWriteStreamStart start = requestStream.Current.Start;
        (ContainerProcess process, InputPipe input) = await FindAsync(start.TaskId, start.ExecId, context);
        if ((long)start.Offset != input.Taken)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition, $"The input is at offset {input.Taken}, not at {start.Offset}: continue there.");
        }

        while (await requestStream.MoveNext(context.CancellationToken))
        {
            switch (requestStream.Current.PayloadCase)
            {
                case Payload.Data:
                    await input.WriteAsync(input.Taken, requestStream.Current.Data.Memory, isEnd: false, process.Exited, context.CancellationToken);
                    break;
                case Payload.End:
                    await input.WriteAsync(input.Taken, default, isEnd: true, process.Exited, context.CancellationToken);
                    break;
                default:
                    throw new ApplianceException(ErrorKind.InvalidArgument, "After 'start' an input stream has data and one 'end'.");
            }
        }

        return new TaskExecStdinWriteStreamResponse();
    }

    public override async Task<TaskExecStdinStatusResponse> TaskExecStdinStatus(TaskExecStdinStatusRequest request, ServerCallContext context)
    {
        (_, InputPipe input) = await FindAsync(request.TaskId, request.ExecId, context);
        return new TaskExecStdinStatusResponse { NumBytesWritten = (ulong)input.Taken, Closed = input.IsClosed };
    }

    private async Task<(ContainerProcess Process, InputPipe Input)> FindAsync(string task, string exec, ServerCallContext context)
    {
        ContainerProcess process = await processes.GetExecAsync(context.GetTask(task), exec, context.CancellationToken);
        return process.Input is { } input
            ? (process, input)
            : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Exec '{exec}' has ended: nobody reads its input.");
    }
}
