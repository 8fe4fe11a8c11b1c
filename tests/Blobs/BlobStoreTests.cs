using Appliance.Blobs;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Blobs;

namespace Appliance.Tests.Blobs;

public sealed class BlobStoreTests
{
    private static readonly byte[] Content = BlobFixture.Content(seed: 1, 100_000);

    [Fact]
    public async Task LinkTo_GivesTheFileAPlaceThatOutlivesTheBlob()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);
        string path = Path.Combine(fixture.Directory, "taken-over");

        fixture.Blobs.LinkTo(id, path);

        Assert.Equal(17, Assert.Throws<IOException>(() => fixture.Blobs.LinkTo(id, path)).HResult);
        await ExpireAsync(fixture, BlobStore.StoredLife);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => fixture.Blobs.LinkTo(id, path + "2")).Kind);
    }

    [Fact]
    public async Task Store_BytesOfTheServer_IsABlobLikeOthers()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();

        BlobRecord blob = await fixture.Blobs.StoreAsync(fixture.Owner.WorkspaceId, new MemoryStream(Content), default);

        Assert.Equal((Content.Length, (Digest?)Digest.Of(Content)), (blob.LengthBytes, blob.Sha256));
        Assert.Equal(blob, fixture.Blobs.Get(fixture.Owner, blob.Id.Text));
        Assert.Equal(Content, fixture.Read(blob.Id));
    }

    [Fact]
    public async Task Adopt_AFile_IsABlobWithoutACopy()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        string path = Path.Combine(fixture.Directory, "file");
        await File.WriteAllBytesAsync(path, Content);

        BlobRecord blob = await fixture.Blobs.AdoptAsync(fixture.Owner.WorkspaceId, path, Digest.Of(Content));
        File.Delete(path);

        Assert.Equal(Content, fixture.Read(blob.Id));
    }

    [Fact]
    public async Task Reap_StoredBlob_GoesAfterItsDays()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);

        await ExpireAsync(fixture, BlobStore.StoredLife - TimeSpan.FromSeconds(1));
        Assert.Equal(Content, fixture.Read(id));
        using OpenBlob open = fixture.Blobs.OpenRead(id);
        await ExpireAsync(fixture, TimeSpan.FromSeconds(1));

        fixture.AssertNothingStored(id);
        byte[] read = new byte[Content.Length];
        Assert.Equal(Content.Length, RandomAccess.Read(open.Handle, read, 0));
        Assert.Equal(Content, read);
    }

    [Fact]
    public async Task Reap_UnfinishedUploads_GoAfterHours()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId never = await fixture.AnnounceAsync(Content);
        BlobId inParts = await fixture.AnnouncePartsAsync(Content, 60_000);
        await fixture.PutPartAsync(inParts, 1, Content.AsSpan(0, 60_000));

        await ExpireAsync(fixture, BlobStore.UploadLife);

        Assert.Empty(fixture.Files("parts"));
        Assert.Empty(fixture.Store.Read(read => BlobParts.List(read, inParts)));
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(never, Content))).Kind);
    }

    [Fact]
    public async Task Reap_PinnedBlob_StaysUntilTheLastPinGoes()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);
        await fixture.Store.WriteAsync(write =>
        {
            BlobStore.Pin(write, id);
            BlobStore.Pin(write, id);
        });

        await ExpireAsync(fixture, BlobStore.StoredLife);
        await fixture.Store.WriteAsync(write => BlobStore.Unpin(write, id));
        await ExpireAsync(fixture, TimeSpan.Zero);
        Assert.Equal(Content, fixture.Read(id));

        await fixture.Store.WriteAsync(write => BlobStore.Unpin(write, id));
        await ExpireAsync(fixture, TimeSpan.Zero);
        fixture.AssertNothingStored(id);
        await Assert.ThrowsAsync<InvalidOperationException>(() => fixture.Store.WriteAsync(write => BlobStore.Unpin(write, id)));
        await Assert.ThrowsAsync<ApplianceException>(() => fixture.Store.WriteAsync(write => BlobStore.Pin(write, id)));
    }

    [Fact]
    public async Task Reap_CrashedBeforeTheFileWent_IsTakenUpAgain()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);
        fixture.Clock.Now += BlobStore.StoredLife;
        await fixture.Store.WriteAsync(write => BlobRows.RemoveExpired(write, 10));
        await fixture.RestartAsync();

        await fixture.Blobs.ReapAsync(default);

        fixture.AssertNothingStored(id);
        Assert.Empty(fixture.Store.Read(read => BlobRows.ListRemoved(read, 10)));
    }

    [Fact]
    public async Task ReadUsage_CountsWhatIsThere()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        Assert.Equal(new BlobUsage(0, 0, 0), fixture.Blobs.ReadUsage());
        await fixture.StoredAsync(Content);
        await fixture.StoredAsync([1, 2, 3]);
        await fixture.AnnounceAsync(Content);

        Assert.Equal(new BlobUsage(2, Content.Length + 3, 1), fixture.Blobs.ReadUsage());
    }

    [Fact]
    public async Task Adopt_NoSuchFile_LeavesNothingThatStays()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();

        await Assert.ThrowsAsync<FileNotFoundException>(() =>
            fixture.Blobs.AdoptAsync(fixture.Owner.WorkspaceId, Path.Combine(fixture.Directory, "none"), Digest.OfNothing));

        await ExpireAsync(fixture, BlobStore.UploadLife);
        Assert.Equal(new BlobUsage(0, 0, 0), fixture.Blobs.ReadUsage());
    }

    [Fact]
    public async Task Get_OfAnotherWorkspace_IsNotFound()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);
        Caller stranger = fixture.Owner with { WorkspaceId = ObjectId.Mint<WorkspaceId>() };

        ApplianceException failure = Assert.Throws<ApplianceException>(() => fixture.Blobs.Get(stranger, id.Text));

        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => fixture.Blobs.Get(stranger, "bl-../x")).Kind);
    }

    [Fact]
    public async Task OpenRead_FileIsLost_SaysSo()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.StoredAsync(Content);
        File.Delete(Assert.Single(fixture.Files("content")));

        Assert.Equal(ErrorKind.DataLoss, Assert.Throws<ApplianceException>(() => fixture.Blobs.OpenRead(id)).Kind);
    }

    [Theory]
    [InlineData(-1, ErrorKind.InvalidArgument)]
    [InlineData(1L << 60, ErrorKind.ResourceExhausted)]
    public async Task Prepare_LengthThatCannotBe_IsRefused(long lengthBytes, ErrorKind kind)
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();

        ApplianceException failure = Assert.Throws<ApplianceException>(
            () => fixture.Blobs.Prepare(ObjectId.Mint<BlobId>(), new BlobDeclaration(lengthBytes, null, null)));

        Assert.Equal(kind, failure.Kind);
        Assert.Empty(fixture.Files("parts"));
    }

    private static Task ExpireAsync(BlobFixture fixture, TimeSpan later)
    {
        fixture.Clock.Now += later;
        return fixture.Blobs.ReapAsync(default);
    }
}
