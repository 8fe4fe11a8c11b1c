using System.Text;
using System.Text.Json;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Files;
using Appliance.Protos.Modal;
using Google.Protobuf;
using Asked = Appliance.Protos.Modal.ContainerFilesystemExecRequest.FileExecRequestOneofOneofCase;

namespace Appliance.Gateways.Modal.Containers;

/// <summary>What clients ask of files, in the words of the desk that has them.</summary>
internal sealed class FileRequests(FileDesk files)
{
    private const long ReadMax = 100 << 20;

    public Task<string> OpenAsync(TaskId task, ContainerFileOpenRequest asked, CancellationToken cancellation) =>
        files.OpenAsync(task, asked.Path, asked.Mode, cancellation);

    public static string WatchCommand(ContainerFileWatchRequest asked)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("Watch");
            json.WriteString("path", asked.Path);
            json.WriteBoolean("recursive", asked.Recursive);
            if (asked.HasTimeoutSecs)
            {
                json.WriteNumber("timeout_secs", asked.TimeoutSecs);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The names in a directory, as the client reads them: {"paths": […]}.</summary>
    public async Task<ByteString> ListAsync(TaskId task, ContainerFileLsRequest asked, CancellationToken cancellation)
    {
        IReadOnlyList<string> names = await files.ListAsync(task, asked.Path, cancellation);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("paths");
            foreach (string name in names)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return ByteString.CopyFrom(buffer.ToArray());
    }

    /// <summary>All others. What they have to say, if anything, are bytes of a file.</summary>
    /// <exception cref="FileToolException">What the client's user has to know.</exception>
    public async Task<FileSlice?> RunAsync(TaskId task, ContainerFilesystemExecRequest asked, CancellationToken cancellation)
    {
        switch (asked.FileExecRequestOneofCase)
        {
            case Asked.FileMkdirRequest:
                await files.Tools.RunAsync(
                    task, FileTools.Command("MakeDirectory", asked.FileMkdirRequest.Path, ("parents", asked.FileMkdirRequest.MakeParents)), null, null, cancellation);
                return null;
            case Asked.FileRmRequest:
                await files.Tools.RunAsync(
                    task, FileTools.Command("Remove", asked.FileRmRequest.Path, ("recursive", asked.FileRmRequest.Recursive)), null, null, cancellation);
                return null;
            case Asked.None:
                throw new ApplianceException(ErrorKind.InvalidArgument, "A request about files says what to do; this one does not.");
            default:
                return await UseAsync(task, asked, cancellation);
        }
    }

    private Task<FileSlice?> UseAsync(TaskId task, ContainerFilesystemExecRequest asked, CancellationToken cancellation) => asked.FileExecRequestOneofCase switch
    {
        Asked.FileReadRequest => files.UseAsync(
            task, asked.FileReadRequest.FileDescriptor, file => Task.FromResult<FileSlice?>(Read(file, asked.FileReadRequest)), cancellation),
        Asked.FileReadLineRequest => files.UseAsync(
            task, asked.FileReadLineRequest.FileDescriptor, async file => await file.ReadLineAsync(cancellation), cancellation),
        Asked.FileWriteRequest => files.UseAsync(
            task, asked.FileWriteRequest.FileDescriptor, file => Quiet(file.WriteAsync(asked.FileWriteRequest.Data.Memory, cancellation)), cancellation),
        Asked.FileSeekRequest => files.UseAsync(task, asked.FileSeekRequest.FileDescriptor, file => Seek(file, asked.FileSeekRequest), cancellation),
        Asked.FileFlushRequest => files.UseAsync(
            task, asked.FileFlushRequest.FileDescriptor, file => files.FlushAsync(file, cancellation), cancellation),
        Asked.FileCloseRequest => files.UseAsync(
            task, asked.FileCloseRequest.FileDescriptor, file => files.CloseAsync(file, asked.FileCloseRequest.FileDescriptor, cancellation), cancellation),
        Asked.FileDeleteBytesRequest => files.UseAsync(
            task, asked.FileDeleteBytesRequest.FileDescriptor, file => Delete(file, asked.FileDeleteBytesRequest, cancellation), cancellation),
        _ => files.UseAsync(
            task, asked.FileWriteReplaceBytesRequest.FileDescriptor, file => Replace(file, asked.FileWriteReplaceBytesRequest, cancellation), cancellation),
    };

    private static FileSlice Read(OpenFile file, ContainerFileReadRequest asked)
    {
        FileSlice slice = file.Read(asked.HasN ? asked.N : long.MaxValue / 2);
        return slice.Length <= ReadMax ? slice : throw new FileToolException(
            "FileTooLarge", $"At most {ReadMax >> 20} MiB are read at once: read it in parts, or use the sandbox's filesystem.");
    }

    private static Task<FileSlice?> Seek(OpenFile file, ContainerFileSeekRequest asked)
    {
        file.Seek(asked.Offset, asked.Whence switch
        {
            SeekWhence.SeekCur => SeekOrigin.Current,
            SeekWhence.SeekEnd => SeekOrigin.End,
            _ => SeekOrigin.Begin,
        });
        return Task.FromResult<FileSlice?>(null);
    }

    private static Task<FileSlice?> Delete(OpenFile file, ContainerFileDeleteBytesRequest asked, CancellationToken cancellation) => Quiet(file.ReplaceAsync(
        asked.HasStartInclusive ? asked.StartInclusive : null, asked.HasEndExclusive ? asked.EndExclusive : null, default, cancellation));

    private static Task<FileSlice?> Replace(OpenFile file, ContainerFileWriteReplaceBytesRequest asked, CancellationToken cancellation) => Quiet(file.ReplaceAsync(
        asked.HasStartInclusive ? asked.StartInclusive : null, asked.HasEndExclusive ? asked.EndExclusive : null, asked.Data.Memory, cancellation));

    private static async Task<FileSlice?> Quiet(Task work)
    {
        await work;
        return null;
    }
}
