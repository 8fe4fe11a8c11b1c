using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Engine.Removal;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Space;
using Appliance.Metadata.Volumes;
using Appliance.Tests.Blocks;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.Transfers.Archives;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;

namespace Appliance.Tests.Volumes.Transfers;

/// <summary>All stores of a data directory, and the desks that verbs use.</summary>
internal sealed class StorageFixture : IAsyncDisposable
{
    public static readonly ImportRequest Request = new("data", "", "/", Create: true, Version: 2, Force: false);

    private readonly bool isOwn;

    private StorageFixture(string directory, bool isOwn)
    {
        Directory = directory;
        this.isOwn = isOwn;
    }

    public string Directory { get; }

    public FakeClock Clock { get; private set; } = null!;

    public MetadataStore Store { get; private set; } = null!;

    public BlockStore Blocks { get; private set; } = null!;

    public ContentStore Contents { get; private set; } = null!;

    public VersionPins Pins { get; private set; } = null!;

    public VolumePurger Purger { get; private set; } = null!;

    public VolumeTrees Trees { get; private set; } = null!;

    public VolumeCommitter Committer { get; private set; } = null!;

    public StorageStores Stores { get; private set; } = null!;

    public LocalVolumeDesk Volumes { get; private set; } = null!;

    public static async Task<StorageFixture> OpenAsync(string? directory = null)
    {
        var fixture = new StorageFixture(directory ?? StoreFixture.NewDirectory(), directory is null);
        await fixture.StartAsync(new FakeClock());
        return fixture;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync(Clock);
    }

    public LocalSpaceDesk Space(TimeSpan grace) =>
        new(Stores, new SpaceSurveyor(Stores, Clock), new StorageCleanup(Stores, Clock), grace, Clock);

    public Task<TransferReport> ImportAsync(string path, ImportRequest? request = null) => File.Exists(path)
        ? ImportArchiveAsync(path, request ?? Request)
        : Volumes.ImportDirectoryAsync(request ?? Request, path, new TransferProgress(), CancellationToken.None);

    public async Task<TransferReport> ImportArchiveAsync(string path, ImportRequest request)
    {
        await using FileStream archive = File.OpenRead(path);
        return await Volumes.ImportArchiveAsync(request, archive, new TransferProgress(), CancellationToken.None);
    }

    /// <summary>Writes the volume into a new directory.</summary>
    public async Task ExportAsync(string target, string from = "/")
    {
        using var archive = new MemoryStream();
        await Volumes.ExportAsync(new ExportRequest("data", "", from), archive, new TransferProgress(), CancellationToken.None);
        archive.Position = 0;
        System.IO.Directory.CreateDirectory(target);
        await new DirectoryWriter(target).WriteAsync(new ArchiveSource(archive), new TransferProgress(), CancellationToken.None);
    }

    /// <summary>What the kept counts say, which must be what a listing says.</summary>
    public VolumeUsage CheckedUsage(string volumeId) => Store.Read(read =>
    {
        VolumeUsage kept = UsageRows.ListLargestVolumes(read, 100).Single(volume => volume.Id == volumeId);
        VolumeRecord volume = VolumeRows.Find(read, volumeId)!;
        List<VolumeEntryRecord> files = [.. VolumeEntries.ListAll(read, volume.Key, volume.Head, null, int.MaxValue).Where(entry => entry.Kind == VolumeEntryKind.File)];
        Assert.Equal(files.Count, kept.Files);
        Assert.Equal(files.Sum(file => file.SizeBytes), kept.Bytes);
        return kept;
    });

    /// <summary>The newest version of the only volume; 0 when nothing is visible in it, null when there is none.</summary>
    public long? Head() => Store.Read(VolumeRows.List) switch
    {
        [] => null,
        [var only, ..] => only.Head,
    };

    public async Task<ErrorKind> FailureOfAsync(Task work) => (await Assert.ThrowsAsync<ApplianceException>(() => work)).Kind;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (isOwn)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }

    private async Task StartAsync(FakeClock clock)
    {
        Clock = clock;
        Store = await MetadataStore.OpenAsync(Directory, clock);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(Store, "lab");
        Blocks = BlockStore.Open(Path.Combine(Directory, "blocks"), new CountedReferences(Store), clock);
        Pins = new VersionPins(Store);
        Purger = await VolumePurger.OpenAsync(Store, Pins, Ignore);
        Contents = ContentStore.Open(Path.Combine(Directory, "contents"), Store, Blocks);
        string volumes = Path.Combine(Directory, "volumes");
        Trees = await VolumeTrees.OpenAsync(volumes, Store, Contents, Pins, Ignore);
        Committer = new VolumeCommitter(Store, Purger, Trees);
        Stores = new StorageStores(Directory, Store, Blocks, Contents, new TreeVariants(volumes), new EndedSandboxes(Store, Path.Combine(Directory, "tasks"), RetentionRules.KeepAll, Clock));
        Volumes = new LocalVolumeDesk(Store, Contents, Pins, Committer, workspace);
    }

    private async Task StopAsync()
    {
        await Trees.DisposeAsync();
        await Purger.DisposeAsync();
        await Blocks.DisposeAsync();
        await Store.DisposeAsync();
    }

    // Trees need rights that a test may not have; what matters here is tested without them.
    private static void Ignore(Exception failure)
    {
    }
}
