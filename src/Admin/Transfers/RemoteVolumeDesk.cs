using System.IO.Pipelines;
using System.Net.Http.Json;
using System.Text.Json;
using Appliance.Admin.Api;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Admin.Transfers;

/// <summary>
/// Asks the running server. It reads a directory itself when it is the same user and sees the same file systems as this
/// process; otherwise this process reads the files and sends them, so that paths and permissions mean what its user sees.
/// </summary>
public sealed class RemoteVolumeDesk(AdminClient client, TimeProvider clock) : IVolumeDesk
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    public async Task<TransferReport> ImportDirectoryAsync(
        ImportRequest request, string path, TransferProgress progress, CancellationToken cancellation)
    {
        var source = new DirectorySource(path);
        Whereabouts server = await client.SendAsync(HttpMethod.Get, TransferEndpoints.Place, null, AdminJson.Default.Whereabouts, cancellation);
        if (server != Whereabouts.OfThisProcess())
        {
            return await SendAsync(request, source, progress, cancellation);
        }

        string id = Guid.NewGuid().ToString("n");
        var content = JsonContent.Create(new DirectoryImport(request, Path.GetFullPath(path)), AdminJson.Default.DirectoryImport);
        return await WatchAsync(id, progress, _ => ReceiveAsync($"{TransferEndpoints.Directory}?transfer={id}", content, cancellation), cancellation);
    }

    public async Task<TransferReport> ImportArchiveAsync(
        ImportRequest request, Stream archive, TransferProgress progress, CancellationToken cancellation)
    {
        string id = Guid.NewGuid().ToString("n");
        string query = Uri.EscapeDataString(JsonSerializer.Serialize(request, AdminJson.Default.ImportRequest));
        return await WatchAsync(
            id,
            progress,
            failed => ReceiveAsync($"{TransferEndpoints.Archive}?transfer={id}&request={query}", new ArchiveContent(archive, failed), cancellation),
            cancellation);
    }

    public async Task ExportAsync(ExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        string id = Guid.NewGuid().ToString("n");
        await WatchAsync(
            id,
            progress,
            async _ =>
            {
                using HttpResponseMessage response = await OpenExportAsync(request, id, cancellation);
                await using Stream archive = await response.Content.ReadAsStreamAsync(cancellation);
                await CopyAsync(archive, target, id, cancellation);
                return true;
            },
            cancellation);
    }

    private async Task<TransferReport> SendAsync(
        ImportRequest request, DirectorySource source, TransferProgress progress, CancellationToken cancellation)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 4 * 1024 * 1024, resumeWriterThreshold: 1024 * 1024));
        var read = new TransferProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task writing = FillAsync(source, pipe.Writer, read, stop.Token);
        try
        {
            TransferReport report = await ImportArchiveAsync(request, pipe.Reader.AsStream(), progress, cancellation);
            return report with { Skipped = read.Skipped, Warnings = read.Warnings };
        }
        finally
        {
            await stop.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await writing;
        }
    }

    private static async Task FillAsync(DirectorySource source, PipeWriter writer, TransferProgress progress, CancellationToken cancellation)
    {
        try
        {
            await using Stream target = writer.AsStream(leaveOpen: true);
            await ArchiveWriter.WriteAsync(source, target, progress, cancellation);
            await writer.CompleteAsync();
        }
        catch (Exception failure)
        {
            // The reader of the pipe hears of it.
            await writer.CompleteAsync(failure);
        }
    }

    private async Task<TransferReport> ReceiveAsync(string path, HttpContent content, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client.OpenAsync(HttpMethod.Post, path, content, cancellation);
        return (await response.Content.ReadFromJsonAsync(AdminJson.Default.TransferReport, cancellation))!;
    }

    private async Task<HttpResponseMessage> OpenExportAsync(ExportRequest request, string id, CancellationToken cancellation)
    {
        try
        {
            return await client.OpenAsync(
                HttpMethod.Post, $"{TransferEndpoints.Export}?transfer={id}", JsonContent.Create(request, AdminJson.Default.ExportRequest), cancellation);
        }
        catch (ApplianceException silence) when (silence.Kind == ErrorKind.Unavailable)
        {
            // It failed between its first word and the next.
            throw (await TryAskAsync(id, cancellation))?.Failure?.ToException() ?? silence;
        }
    }

    private async Task CopyAsync(Stream archive, Stream target, string id, CancellationToken cancellation)
    {
        byte[] chunk = new byte[256 * 1024];
        while (true)
        {
            int length;
            try
            {
                length = await archive.ReadAsync(chunk, cancellation);
            }
            catch (HttpIOException cause)
            {
                throw (await AskAsync(id, cancellation)).Failure?.ToException()
                    ?? new ApplianceException(ErrorKind.Unavailable, "The server stopped in the middle of the export.", cause);
            }

            if (length == 0)
            {
                return;
            }

            await target.WriteAsync(chunk.AsMemory(0, length), cancellation);
        }
    }

    /// <summary>Does the work, while the server is asked how far it is; a failure there ends what is being sent.</summary>
    private async Task<T> WatchAsync<T>(
        string id, TransferProgress progress, Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var failed = new CancellationTokenSource();
        Task<T> working = work(failed.Token);
        while (!working.IsCompleted)
        {
            await Task.WhenAny(working, Task.Delay(PollInterval, clock, cancellation));
            if (!working.IsCompleted && !failed.IsCancellationRequested && await TryAskAsync(id, cancellation) is { } state)
            {
                progress.Set(state.Files, state.Bytes);
                if (state.Failure is not null)
                {
                    await failed.CancelAsync();
                }
            }
        }

        T result = await working;
        if (await TryAskAsync(id, cancellation) is { } end)
        {
            // Much may have happened since it was last asked, and a short transfer ends before it ever is.
            progress.Set(end.Files, end.Bytes);
        }

        return result;
    }

    private async Task<TransferState?> TryAskAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(id, cancellation);
        }
        catch (ApplianceException)
        {
            // The work itself will fail, too, and say why.
            return null;
        }
    }

    private Task<TransferState> AskAsync(string id, CancellationToken cancellation) =>
        client.SendAsync(HttpMethod.Get, TransferEndpoints.Transfers + id, null, AdminJson.Default.TransferState, cancellation);
}
