using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Engine.Commands;
using Appliance.Gateways.Calls;
using Appliance.Protos.CommandRouter;
using Google.Protobuf;
using Grpc.Core;

namespace Appliance.Gateways.CommandRouter;

/// <summary>The standard streams of a sandbox's first process (contracts/sandbox.md §2).</summary>
public sealed class SandboxStdioService(TaskProcesses processes, SandboxInputs inputs) : TaskCommandRouter.TaskCommandRouterBase
{
    public override async Task SandboxStdioReadV2(
        SandboxStdioReadV2Request request, IServerStreamWriter<SandboxStdioReadV2Response> responseStream, ServerCallContext context)
    {
        ContainerProcess process = await processes.GetMainAsync(context.GetTask(request.TaskId), context.CancellationToken);
        string path = request.FileDescriptor == SandboxStdioFileDescriptor.Stderr ? process.ErrorPath : process.OutputPath;
        await foreach (OutputPiece piece in OutputReader.ReadAsync(path, (long)request.Offset, process.OutputEnded, context.CancellationToken))
        {
            await responseStream.WriteAsync(new SandboxStdioReadV2Response
            {
                Data = UnsafeByteOperations.UnsafeWrap(piece.Bytes),
                StartingOffset = (ulong)piece.Offset,
            });
        }
    }

    public override async Task<SandboxStdinWriteV2Response> SandboxStdinWriteV2(SandboxStdinWriteV2Request request, ServerCallContext context)
    {
        await inputs.WriteAsync(
            context.GetTask(request.TaskId), (long)request.Offset, request.Data.Memory, request.Eof, context.CancellationToken);
        return new SandboxStdinWriteV2Response();
    }
}
