using Appliance.Blobs;
using Appliance.Blobs.Files;
using Appliance.Blobs.Uploads;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Blobs;

/// <summary>Blobs over a real database and real files, which can be closed and opened again, on a clock that the test moves.</summary>
internal sealed class BlobFixture : IAsyncDisposable
{
    private readonly TestDirectory directory = new();
    private readonly string files;

    private BlobFixture(string? files) => this.files = files ?? Path.Combine(directory.Path, BlobStore.DirectoryName);

    public FakeTime Clock { get; } = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    public MetadataStore Store { get; private set; } = null!;

    public BlobStore Blobs { get; private set; } = null!;

    public Caller Owner { get; private set; } = null!;

    /// <summary>Of the test's own, on the same file system.</summary>
    public string Directory => directory.Path;

    /// <param name="files">Where the blobs' files are; within the data directory by default.</param>
    public static async Task<BlobFixture> OpenAsync(string? files = null)
    {
        var fixture = new BlobFixture(files);
        await fixture.OpenPartsAsync();
        return fixture;
    }

    public static byte[] Content(int seed, int lengthBytes)
    {
        byte[] content = new byte[lengthBytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenPartsAsync();
    }

    /// <summary>Announces a blob; by default of exactly these bytes.</summary>
    public async Task<BlobId> AnnounceAsync(byte[] content, byte[]? md5 = null, Digest? sha256 = null, long? lengthBytes = null)
    {
        var id = ObjectId.Mint<BlobId>();
        var declaration = new BlobDeclaration(lengthBytes ?? content.Length, md5, sha256 ?? Digest.Of(content));
        Blobs.Prepare(id, declaration);
        await Store.WriteAsync(write => BlobStore.Announce(write, Owner, id, declaration));
        return id;
    }

    /// <summary>Announces a blob in parts of that length, however small it is.</summary>
    public async Task<BlobId> AnnouncePartsAsync(byte[] content, long partLengthBytes, Digest? sha256 = null)
    {
        var id = ObjectId.Mint<BlobId>();
        BlobFiles.Open(files).CreatePartial(id, content.Length);
        await Store.WriteAsync(write => BlobRows.Add(write, new BlobRecord(
            id, Owner.WorkspaceId, BlobState.Awaited, content.Length, partLengthBytes, null, sha256, null, write.Now, write.Now + BlobStore.UploadLife)));
        return id;
    }

    public Task<string> PutAsync(BlobId id, byte[] content, byte[]? md5 = null) =>
        Blobs.Uploads.PutAsync(id, new MemoryStream(content), md5, default);

    public Task<string> PutPartAsync(BlobId id, int number, ReadOnlySpan<byte> content) =>
        Blobs.Uploads.PutPartAsync(id, number, new MemoryStream(content.ToArray()), null, default);

    public async Task<BlobId> StoredAsync(byte[] content)
    {
        BlobId id = await AnnounceAsync(content);
        await PutAsync(id, content);
        return id;
    }

    public byte[] Read(BlobId id)
    {
        using OpenBlob blob = Blobs.OpenRead(id);
        using Stream stream = blob.OpenStream();
        byte[] content = new byte[blob.LengthBytes];
        stream.ReadExactly(content);
        Assert.Equal(-1, stream.ReadByte());
        return content;
    }

    /// <summary>The files there are, by folder.</summary>
    public string[] Files(string folder) => System.IO.Directory.GetFiles(Path.Combine(files, folder));

    /// <summary>Nothing that failed left a file behind, and nobody sees the blob.</summary>
    public void AssertNothingStored(BlobId id)
    {
        Assert.Empty(Files("tmp"));
        Assert.Empty(Files("content"));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => Blobs.Get(Owner, id.Text)).Kind);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => Blobs.OpenRead(id)).Kind);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        directory.Dispose();
    }

    private async Task OpenPartsAsync()
    {
        Store = await MetadataStore.OpenAsync(directory.Path, Clock);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(Store, "lab");
        Owner = new Caller(workspace.Id, ObjectId.Mint<TokenId>(), "test");
        Blobs = BlobStore.Open(Store, files, Clock, _ => { });
    }

    private async Task CloseAsync()
    {
        await Blobs.DisposeAsync();
        await Store.DisposeAsync();
    }
}
