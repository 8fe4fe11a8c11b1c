using System.Buffers;
using System.Text;
using System.Text.Json;
using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Containers.Streams;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Commands;

namespace Appliance.Engine.Files;

/// <summary>Runs operations of the file-system API in containers, as newer clients do themselves through the command router.</summary>
public sealed class FileTools(ExecDesk execs, TaskProcesses processes)
{
    private const string Program = GuestPrograms.MountPoint + "/" + GuestPrograms.FileTools;
    private const int ChunkBytes = 1 << 20;

    /// <summary>One operation as JSON: its name, a path, and flags.</summary>
    public static string Command(string operation, string path, params ReadOnlySpan<(string Name, bool Value)> flags)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(operation);
            json.WriteString("path", path);
            foreach ((string name, bool value) in flags)
            {
                json.WriteBoolean(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Starts an operation; what it has to say comes from its output.</summary>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the task has ended.</exception>
    public Task<ContainerProcess> StartAsync(TaskId task, string execId, string command, CancellationToken cancellation) =>
        execs.StartAsync(task, execId, new ExecRequest { Arguments = [Program, command] }, cancellation);

    /// <summary>Runs an operation to its end.</summary>
    /// <param name="task">In whose container.</param>
    /// <param name="command">What.</param>
    /// <param name="input">A file to give to it; null for nothing.</param>
    /// <param name="output">Where to put what it says; null to drop it.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="FileToolException">It failed.</exception>
    /// <exception cref="Core.Errors.ApplianceException">NotFound: the task has ended.</exception>
    public async Task RunAsync(TaskId task, string command, string? input, string? output, CancellationToken cancellation)
    {
        string execId = ExecIds.Mint(task);
        ContainerProcess process = await StartAsync(task, execId, command, cancellation);
        try
        {
            await FeedAsync(process, input, cancellation);
            ProcessExit exit = await process.Exited.WaitAsync(cancellation);
            await process.OutputEnded.WaitAsync(cancellation);
            if (exit.Status != 0)
            {
                throw await ReadFailureAsync(process.ErrorPath, cancellation);
            }

            if (output is not null)
            {
                File.Move(process.OutputPath, output, overwrite: true);
            }
        }
        finally
        {
            Container container = await processes.GetContainerAsync(task, CancellationToken.None);
            _ = container.ForgetExecAsync(execId);
        }
    }

    /// <summary>What a failed operation said of itself.</summary>
    public static async Task<FileToolException> ReadFailureAsync(string path, CancellationToken cancellation)
    {
        byte[] said = await File.ReadAllBytesAsync(path, cancellation);
        try
        {
            using JsonDocument failure = JsonDocument.Parse(said);
            JsonElement root = failure.RootElement;
            string detail = root.GetProperty("detail").GetString() ?? "";
            string message = root.GetProperty("message").GetString() ?? "";
            return new FileToolException(root.GetProperty("error_kind").GetString() ?? "", detail.Length > 0 ? detail : message);
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new FileToolException("", said.Length > 0 ? Encoding.UTF8.GetString(said) : "The operation was killed.");
        }
    }

    private static async Task FeedAsync(ContainerProcess process, string? path, CancellationToken cancellation)
    {
        if (process.Input is not { } input)
        {
            return;
        }

        try
        {
            await CopyAsync(path, input, process, cancellation);
            await input.WriteAsync(input.Taken, default, isEnd: true, process.Exited, cancellation);
        }
        catch (ApplianceException refusal) when (refusal.Kind == ErrorKind.FailedPrecondition)
        {
            // It ended before it read all: it says itself why.
        }
    }

    private static async Task CopyAsync(string? path, InputPipe input, ContainerProcess process, CancellationToken cancellation)
    {
        if (path is null)
        {
            return;
        }

        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: true);
        byte[] buffer = new byte[ChunkBytes];
        for (int count; (count = await file.ReadAsync(buffer, cancellation)) > 0;)
        {
            await input.WriteAsync(input.Taken, buffer.AsMemory(0, count), isEnd: false, process.Exited, cancellation);
        }
    }
}
