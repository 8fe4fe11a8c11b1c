using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Blobs;

public sealed class FullDiskTests
{
    private const int MiB = 1024 * 1024;

    private static readonly byte[] Content = BlobFixture.Content(seed: 1, 6 * MiB);

    [MountFact]
    public async Task Put_DiskFillsMeanwhile_SaysSoAndGivesTheSpaceBack()
    {
        using var mount = new TestMount(8 * 1024);
        await using BlobFixture fixture = await BlobFixture.OpenAsync(Path.Combine(mount.Path, "blobs"));
        BlobId id = await fixture.AnnounceAsync(Content);
        string filler = await FillAsync(mount, 5 * MiB);

        for (int round = 0; round < 3; round++)
        {
            ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(id, Content));
            Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
            Assert.Contains(mount.Path, failure.Message);
            fixture.AssertNothingStored(id);
        }

        File.Delete(filler);
        await fixture.PutAsync(id, Content);
        Assert.Equal(Content, fixture.Read(id));
    }

    [MountFact]
    public async Task PutPart_DiskFillsMeanwhile_GivesTheWholeUploadUp()
    {
        using var mount = new TestMount(8 * 1024);
        await using BlobFixture fixture = await BlobFixture.OpenAsync(Path.Combine(mount.Path, "blobs"));
        BlobId id = await fixture.AnnouncePartsAsync(Content, 2 * MiB, Digest.Of(Content));
        await fixture.PutPartAsync(id, 1, Content.AsSpan(0, 2 * MiB));
        await FillAsync(mount, 5 * MiB);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(
            () => fixture.PutPartAsync(id, 2, Content.AsSpan(2 * MiB, 2 * MiB)));

        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Empty(fixture.Files("parts"));
        fixture.AssertNothingStored(id);
        Assert.Equal(ErrorKind.ResourceExhausted, (await Assert.ThrowsAsync<ApplianceException>(
            () => fixture.PutPartAsync(id, 2, Content.AsSpan(2 * MiB, 2 * MiB)))).Kind);
        BlobId small = await fixture.StoredAsync(Content[..MiB]);
        Assert.Equal(Content[..MiB], fixture.Read(small));
    }

    [MountFact]
    public async Task Prepare_MoreThanFits_IsRefusedAtOnce()
    {
        using var mount = new TestMount(8 * 1024);
        await using BlobFixture fixture = await BlobFixture.OpenAsync(Path.Combine(mount.Path, "blobs"));

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.AnnounceAsync(Content, lengthBytes: 9 * MiB));

        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Contains($"of {9 * MiB} bytes cannot be stored", failure.Message);
    }

    private static async Task<string> FillAsync(TestMount mount, int lengthBytes)
    {
        string path = Path.Combine(mount.Path, "filler");
        await File.WriteAllBytesAsync(path, new byte[lengthBytes]);
        return path;
    }
}
