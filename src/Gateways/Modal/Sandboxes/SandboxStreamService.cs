using System.Globalization;
using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Commands;
using Appliance.Engine.Sandboxes;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Containers;
using Appliance.Metadata.Sandboxes;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Sandboxes;

/// <summary>Standard streams of sandboxes as the first family of calls has them: text in batches, input by number.</summary>
public sealed class SandboxStreamService(
    SandboxDirectory directory, TaskProcesses processes, SandboxInputs inputs, DrainSignal drain) : ModalClient.ModalClientBase
{
    /// <summary>
    /// Follows one stream for as long as the client asks. A batch's id is the offset after it, in the form that clients
    /// take for a cursor: "N-0".
    /// </summary>
    public override async Task SandboxGetLogs(
        SandboxGetLogsRequest request, IServerStreamWriter<TaskLogsBatch> responseStream, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        ContainerProcess process;
        try
        {
            process = await processes.GetMainAsync(record.TaskId, context.CancellationToken);
        }
        catch (ApplianceException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            // It never got a container, or its output was removed long ago.
            await responseStream.WriteAsync(new TaskLogsBatch { EntryId = "0-0", Eof = true, SandboxId = record.Id.Text });
            return;
        }

        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.Token);
        if (request.Timeout > 0)
        {
            time.CancelAfter(TimeSpan.FromSeconds(request.Timeout));
        }

        try
        {
            await SendAsync(request, record, process, responseStream, request.Timeout > 0 ? process.OutputEnded : Task.CompletedTask, time.Token);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // The time is up: the client opens the next stream at its cursor.
        }
    }

    public override async Task<SandboxStdinWriteResponse> SandboxStdinWrite(SandboxStdinWriteRequest request, ServerCallContext context)
    {
        SandboxRecord record = directory.Get(context.GetCaller(), SandboxId.Read(request.SandboxId));
        await inputs.WriteNumberedAsync(record, request.Index, request.Input.Memory, request.Eof, context.CancellationToken);
        return new SandboxStdinWriteResponse();
    }

    private static async Task SendAsync(
        SandboxGetLogsRequest request,
        SandboxRecord record,
        ContainerProcess process,
        IServerStreamWriter<TaskLogsBatch> stream,
        Task ended,
        CancellationToken cancellation)
    {
        bool isError = request.FileDescriptor == FileDescriptor.Stderr;
        var decoder = new OffsetDecoder(ReadCursor(request.LastEntryId));
        await foreach (OutputPiece piece in OutputReader.ReadAsync(
            isError ? process.ErrorPath : process.OutputPath, decoder.Offset, ended, cancellation))
        {
            if (piece.Missing > 0)
            {
                decoder.SkipTo(piece.Offset);
                await stream.WriteAsync(Batch(record, request.FileDescriptor, piece.Notice, decoder.Offset), cancellation);
            }

            string text = decoder.Decode(piece.Bytes.Span);
            if (text.Length > 0)
            {
                await stream.WriteAsync(Batch(record, request.FileDescriptor, text, decoder.Offset), cancellation);
            }
        }

        if (process.OutputEnded.IsCompleted)
        {
            string rest = decoder.Finish();
            if (rest.Length > 0)
            {
                await stream.WriteAsync(Batch(record, request.FileDescriptor, rest, decoder.Offset), cancellation);
            }

            await stream.WriteAsync(
                new TaskLogsBatch { EntryId = $"{decoder.Offset}-1", Eof = true, TaskId = record.TaskId.Text, SandboxId = record.Id.Text },
                cancellation);
        }
    }

    private static TaskLogsBatch Batch(SandboxRecord record, FileDescriptor descriptor, string text, long offset) => new()
    {
        TaskId = record.TaskId.Text,
        SandboxId = record.Id.Text,
        EntryId = $"{offset}-0",
        Items = { new TaskLogs { Data = text, FileDescriptor = descriptor } },
    };

    private static long ReadCursor(string cursor)
    {
        int dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return long.TryParse(dash < 0 ? cursor : cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            ? offset
            : 0;
    }
}
