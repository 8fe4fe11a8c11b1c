using System.IO.Pipelines;
using System.Net.Http.Json;
using System.Text.Json;
using Appliance.Admin.Api;
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
    private readonly RemoteTransfers transfers = new(client, TransferEndpoints.Transfers, clock);

    public Task<VolumeSummary> DescribeAsync(VolumeLookup lookup, CancellationToken cancellation) => client.SendAsync(
        HttpMethod.Post, TransferEndpoints.Describe, JsonContent.Create(lookup, AdminJson.Default.VolumeLookup), AdminJson.Default.VolumeSummary, cancellation);

    public async Task<TransferReport> ImportDirectoryAsync(
        ImportRequest request, string path, TransferProgress progress, CancellationToken cancellation)
    {
        var source = new DirectorySource(path);
        Whereabouts server = await client.SendAsync(HttpMethod.Get, TransferEndpoints.Place, null, AdminJson.Default.Whereabouts, cancellation);
        if (server != Whereabouts.OfThisProcess())
        {
            return await SendAsync(request, source, progress, cancellation);
        }

        string id = RemoteTransfers.NewId();
        var content = JsonContent.Create(new DirectoryImport(request, Path.GetFullPath(path)), AdminJson.Default.DirectoryImport);
        return await transfers.WatchAsync(id, progress, _ => transfers.SendAsync($"{TransferEndpoints.Directory}?transfer={id}", content, AdminJson.Default.TransferReport, cancellation), cancellation);
    }

    public async Task<TransferReport> ImportArchiveAsync(
        ImportRequest request, Stream archive, TransferProgress progress, CancellationToken cancellation)
    {
        string id = RemoteTransfers.NewId();
        string query = Uri.EscapeDataString(JsonSerializer.Serialize(request, AdminJson.Default.ImportRequest));
        return await transfers.WatchAsync(
            id,
            progress,
            failed => transfers.SendAsync(
                $"{TransferEndpoints.Archive}?transfer={id}&request={query}", new ArchiveContent(archive, failed), AdminJson.Default.TransferReport, cancellation),
            cancellation);
    }

    public async Task ExportAsync(ExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        string id = RemoteTransfers.NewId();
        await transfers.WatchAsync(
            id,
            progress,
            async _ =>
            {
                await transfers.ReceiveAsync(
                    $"{TransferEndpoints.Export}?transfer={id}", JsonContent.Create(request, AdminJson.Default.ExportRequest), id, target, cancellation);
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
}
