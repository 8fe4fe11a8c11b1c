using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Core.Progress;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Space;
using Appliance.Metadata.Transactions;
using Appliance.Objects;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Admin.Transfers;

/// <summary>Works on the stores themselves: in the server, or in a verb while no server runs.</summary>
public sealed class LocalVolumeDesk(
    MetadataStore store, ContentStore contents, VersionPins pins, VolumeCommitter committer, WorkspaceModel workspace) : IVolumeDesk
{
    // Whoever may use the admin socket, or the data directory itself, is the owner.
    private readonly Caller owner = new(workspace.Id, new TokenId(""), "owner");

    public Task<VolumeSummary> DescribeAsync(VolumeLookup lookup, CancellationToken cancellation) => Task.FromResult(store.Read(read =>
    {
        string id = ObjectDirectory.GetByName<VolumeId>(read, owner, lookup.Environment, lookup.Name).Id;
        VolumeUsage usage = UsageRows.GetVolume(read, id);
        return new VolumeSummary(id, VolumeCatalog.Get(read, id).Format, usage.Files, usage.Bytes);
    }));

    public Task<TransferReport> ImportDirectoryAsync(
        ImportRequest request, string path, TransferProgress progress, CancellationToken cancellation) =>
        ImportAsync(request, new DirectorySource(path), progress, cancellation);

    public Task<TransferReport> ImportArchiveAsync(
        ImportRequest request, Stream archive, TransferProgress progress, CancellationToken cancellation) =>
        ImportAsync(request, new ArchiveSource(archive), progress, cancellation);

    public async Task ExportAsync(ExportRequest request, Stream target, TransferProgress progress, CancellationToken cancellation)
    {
        VolumePath from = VolumePath.Read(request.From);
        using VersionPin pin = pins.Pin(read => VolumeCatalog.Get(
            read, ObjectDirectory.GetByName<VolumeId>(read, owner, request.Environment, request.Name).Id));
        await ArchiveWriter.WriteAsync(new VolumeSource(store, contents, pin, from), target, progress, cancellation);
    }

    private async Task<TransferReport> ImportAsync(
        ImportRequest request, ITreeSource source, TransferProgress progress, CancellationToken cancellation)
    {
        var order = new ImportOrder(VolumePath.Read(request.To), request.Force);
        string id = await FindOrCreateAsync(request, cancellation);
        ImportOutcome outcome = await new VolumeImporter(store, contents, committer).ImportAsync(id, order, source, progress, cancellation);
        return new TransferReport(
            request.Name, id, outcome.Files, outcome.Bytes, outcome.Unchanged, outcome.Directories, outcome.Links, progress.Skipped, progress.Warnings);
    }

    private async Task<string> FindOrCreateAsync(ImportRequest request, CancellationToken cancellation)
    {
        if (request.Version is not (1 or 2))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"--version {request.Version}: a volume is of version 1 or 2.");
        }

        ObjectNames.Check(VolumeId.Noun, request.Name);
        if (store.Read(read => ObjectDirectory.Find<VolumeId>(read, owner, request.Environment, request.Name)) is { } found)
        {
            return found.Id;
        }

        if (!request.Create)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Volume '{request.Name}' does not exist: add --create to make it.");
        }

        return await store.WriteAsync(write => Create(write, request), cancellation);
    }

    private string Create(WriteTransaction write, ImportRequest request)
    {
        if (ObjectDirectory.Find<VolumeId>(write, owner, request.Environment, request.Name) is { } present)
        {
            return present.Id;
        }

        ObjectRecord made = ObjectDirectory.Create<VolumeId>(
            write, owner, new ObjectRequest(request.Name, request.Environment, CreationMode.CreateNew));
        VolumeCatalog.Create(write, made, request.Version);
        return made.Id;
    }
}
