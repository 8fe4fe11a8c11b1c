using System.Net.Http.Json;
using System.Text.Json;
using Appliance.Admin.Api;
using Appliance.Admin.Transfers;
using Appliance.Core.Progress;
using Appliance.Images.Transfers;

namespace Appliance.Admin.Images;

/// <summary>
/// Asks the running server. It reads files itself when it is the same user and sees the same file systems as this process;
/// otherwise this process reads them and sends them.
/// </summary>
public sealed class RemoteImageDesk(AdminClient client, TimeProvider clock) : IImageDesk
{
    private readonly RemoteTransfers transfers = new(client, ImageEndpoints.Transfers, clock);

    public async Task<IReadOnlyList<ImageSummary>> ImportPathAsync(
        ImageImport import, string path, TransferProgress progress, CancellationToken cancellation)
    {
        Whereabouts server = await client.SendAsync(HttpMethod.Get, TransferEndpoints.Place, null, AdminJson.Default.Whereabouts, cancellation);
        if (server == Whereabouts.OfThisProcess())
        {
            string id = RemoteTransfers.NewId();
            var content = JsonContent.Create(new ImagePathImport(import, Path.GetFullPath(path)), AdminJson.Default.ImagePathImport);
            return await transfers.WatchAsync(
                id,
                progress,
                _ => transfers.SendAsync($"{ImageEndpoints.ImportPath}?transfer={id}", content, AdminJson.Default.IReadOnlyListImageSummary, cancellation),
                cancellation);
        }

        if (Directory.Exists(path))
        {
            return await DirectoryPipe.RunAsync(
                (target, stop) => ImageImporter.WriteDirectoryAsync(path, target, stop),
                (source, stop) => ImportArchiveAsync(import, source, progress, stop),
                cancellation);
        }

        await using var archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return await ImportArchiveAsync(import, archive, progress, cancellation);
    }

    public async Task<IReadOnlyList<ImageSummary>> ImportArchiveAsync(
        ImageImport import, Stream archive, TransferProgress progress, CancellationToken cancellation)
    {
        string id = RemoteTransfers.NewId();
        string query = Uri.EscapeDataString(JsonSerializer.Serialize(import, AdminJson.Default.ImageImport));
        return await transfers.WatchAsync(
            id,
            progress,
            failed => transfers.SendAsync(
                $"{ImageEndpoints.ImportArchive}?transfer={id}&import={query}",
                new ArchiveContent(archive, failed),
                AdminJson.Default.IReadOnlyListImageSummary,
                cancellation),
            cancellation);
    }

    public async Task<ImageSummary> PullAsync(ImagePull pull, TransferProgress progress, CancellationToken cancellation)
    {
        string id = RemoteTransfers.NewId();
        var content = JsonContent.Create(pull, AdminJson.Default.ImagePull);
        return await transfers.WatchAsync(
            id,
            progress,
            _ => transfers.SendAsync($"{ImageEndpoints.Pull}?transfer={id}", content, AdminJson.Default.ImageSummary, cancellation),
            cancellation);
    }

    public async Task ExportAsync(ImageExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        string id = RemoteTransfers.NewId();
        await transfers.WatchAsync(
            id,
            progress,
            async _ =>
            {
                var content = JsonContent.Create(request, AdminJson.Default.ImageExportRequest);
                await transfers.ReceiveAsync($"{ImageEndpoints.Export}?transfer={id}", content, id, target, cancellation);
                return true;
            },
            cancellation);
    }

    public Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellation) =>
        client.SendAsync(HttpMethod.Get, ImageEndpoints.List, null, AdminJson.Default.IReadOnlyListImageSummary, cancellation);

    public Task<ImageDetail> InspectAsync(string image, CancellationToken cancellation) => client.SendAsync(
        HttpMethod.Get, $"{ImageEndpoints.Inspect}?image={Uri.EscapeDataString(image)}", null, AdminJson.Default.ImageDetail, cancellation);

    public Task<ImageSummary> TagAsync(ImageTagging tagging, CancellationToken cancellation) => client.SendAsync(
        HttpMethod.Post, ImageEndpoints.Tag, JsonContent.Create(tagging, AdminJson.Default.ImageTagging), AdminJson.Default.ImageSummary, cancellation);

    // Removing the files of large images takes longer than other answers.
    public Task<ImageRemoved> RemoveAsync(ImageRemoval removal, CancellationToken cancellation) => transfers.SendAsync(
        ImageEndpoints.Remove, JsonContent.Create(removal, AdminJson.Default.ImageRemoval), AdminJson.Default.ImageRemoved, cancellation);

    public Task<ImagePruned> PruneAsync(ImagePruning pruning, CancellationToken cancellation) => transfers.SendAsync(
        ImageEndpoints.Prune, JsonContent.Create(pruning, AdminJson.Default.ImagePruning), AdminJson.Default.ImagePruned, cancellation);
}
