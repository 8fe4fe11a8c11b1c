using System.Text;
using Appliance.Blocks;
using Appliance.Blocks.Upkeep;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Volumes;
using Appliance.Objects;
using Appliance.Tests.Metadata;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Reading;
using Appliance.Volumes.Trees;
using Appliance.Volumes.Upkeep;

namespace Appliance.Tests.Volumes;

/// <summary>Volumes over a real database and disk, without a server. May be closed and opened again.</summary>
internal sealed class VolumeRig : IAsyncDisposable
{
    private readonly TestDirectory? owned;
    private readonly string path;
    private readonly List<Exception> reports = [];

    private VolumeRig(string path, TestDirectory? owned)
    {
        this.path = path;
        this.owned = owned;
    }

    public MetadataStore Store { get; private set; } = null!;

    public BlockStore Blocks { get; private set; } = null!;

    public ContentStore Contents { get; private set; } = null!;

    public VersionPins Pins { get; private set; } = null!;

    public VolumePurger Purger { get; private set; } = null!;

    public VolumeTrees Trees { get; private set; } = null!;

    public VolumeCommitter Committer { get; private set; } = null!;

    public Caller Caller { get; private set; } = null!;

    public string Path => path;

    public static Task<VolumeRig> OpenAsync()
    {
        var directory = new TestDirectory();
        return OpenAsync(new VolumeRig(directory.Path, directory));
    }

    public static Task<VolumeRig> OpenAsync(string path) => OpenAsync(new VolumeRig(path, null));

    /// <summary>Closes everything and opens it again, as a restart does.</summary>
    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync(this);
    }

    public async Task<string> CreateVolumeAsync(string name = "data") => await Store.WriteAsync(write =>
    {
        ObjectRecord record = ObjectDirectory.Create<VolumeId>(write, Caller, new ObjectRequest(name, "", CreationMode.CreateNew));
        VolumeCatalog.Create(write, record, format: 2);
        return record.Id;
    });

    /// <summary>Deletes it as clients do, and waits until all it held is removed.</summary>
    public async Task DeleteVolumeAsync(string volume)
    {
        await Store.WriteAsync(write => ObjectDirectory.Delete<VolumeId>(write, Caller, volume));
        VolumeContents contents = VolumeContents.Of<VolumeId>(Trees);
        while (!await Store.WriteAsync(write => contents.RemoveSome(write, volume)))
        {
        }

        contents.AfterRemoval(volume);
    }

    /// <summary>Sets files by path to texts, in one commit.</summary>
    public async Task PutAsync(string volume, params (string Path, string Text)[] files)
    {
        List<ContentLease> leases = [];
        foreach ((string _, string text) in files)
        {
            leases.Add(await Contents.Importer.ImportAsync(Encoding.UTF8.GetBytes(text), null, default));
        }

        await CommitAsync(volume, scope => Puts(scope, files.Zip(leases, (file, lease) => (file.Path, lease.Content))));
        leases.ForEach(lease => lease.Dispose());
    }

    public Task CommitAsync(string volume, Func<CommitScope, IEnumerable<CommitStep>> plan) => Committer.CommitAsync(volume, plan, _ => { }, default);

    public static IEnumerable<CommitStep> Puts(CommitScope scope, IEnumerable<(string Path, FileContent Content)> files, int mode = 0x1A4)
    {
        foreach ((string file, FileContent content) in files)
        {
            scope.PutFile(VolumePath.ReadFile(file), content, mode);
            yield return default;
        }
    }

    public List<VolumeEntryRecord> List(string volume, string directory = "", bool isRecursive = true)
    {
        using VersionPin pin = Pins.Pin(read => VolumeCatalog.Get(read, volume));
        return [.. new VolumeReader(Store).List(pin, VolumePath.Read(directory), isRecursive).SelectMany(page => page)];
    }

    public string[] Names(string volume, string directory = "") => [.. List(volume, directory).Select(entry => entry.Path)];

    public async Task<string> ReadAsync(string volume, string file)
    {
        FileContent content = Store.Read(read => VolumeEntry.ContentOf(
            VolumeReader.GetFile(read, VolumeCatalog.Get(read, volume), VolumePath.Read(file))));
        using var reader = new StreamReader(Contents.Reader.Open(content));
        return await reader.ReadToEndAsync();
    }

    /// <summary>Stores a file block by block, as clients of format 2 do.</summary>
    public async Task<ContentLease> UploadAsync(byte[] file)
    {
        FileShape shape = ShapeOf(file);
        foreach (int index in await Contents.FindMissingAsync(shape, default))
        {
            await PutBlockAsync(shape, index, file);
        }

        return await Contents.TryTakeAsync(shape, default) ?? throw new InvalidOperationException("Blocks are missing after they were sent.");
    }

    public Task PutBlockAsync(FileShape shape, int index, byte[] file) => Contents.PutBlockAsync(
        new BlockSlot(shape.Id, shape.SizeBytes, index, shape.Blocks[index]), new MemoryStream(BlockOf(file, index).ToArray()), default);

    public static FileShape ShapeOf(byte[] file) => new(
        file.Length,
        [.. Enumerable.Range(0, (int)FileShape.CountBlocks(file.Length)).Select(index => Digest.Of(BlockOf(file, index).Span))]);

    public static ReadOnlyMemory<byte> BlockOf(byte[] file, int index) => ZeroTail.Strip(
        file.AsMemory((int)FileShape.OffsetOfBlock(index), FileShape.LengthOfBlock(file.Length, index)));

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        owned?.Dispose();
        Assert.Empty(reports);
    }

    private static async Task<VolumeRig> OpenAsync(VolumeRig rig)
    {
        rig.Store = await MetadataStore.OpenAsync(rig.path, TimeProvider.System);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(rig.Store, "lab");
        rig.Caller = new Caller(workspace.Id, ObjectId.Mint<TokenId>(), "test");
        rig.Blocks = BlockStore.Open(System.IO.Path.Combine(rig.path, "blocks"), new CountedReferences(rig.Store), TimeProvider.System);
        rig.Contents = ContentStore.Open(System.IO.Path.Combine(rig.path, "contents"), rig.Store, rig.Blocks);
        rig.Pins = new VersionPins(rig.Store);
        rig.Purger = await VolumePurger.OpenAsync(rig.Store, rig.Pins, rig.reports.Add);
        rig.Trees = await VolumeTrees.OpenAsync(
            System.IO.Path.Combine(rig.path, "volumes"), rig.Store, rig.Contents, rig.Pins, rig.reports.Add);
        rig.Committer = new VolumeCommitter(rig.Store, rig.Purger, rig.Trees);
        return rig;
    }

    private async Task CloseAsync()
    {
        await Trees.DisposeAsync();
        await Purger.DisposeAsync();
        await Blocks.DisposeAsync();
        await Store.DisposeAsync();
    }
}
