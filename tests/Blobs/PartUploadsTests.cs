using System.Security.Cryptography;
using Appliance.Blobs;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Blobs;

namespace Appliance.Tests.Blobs;

/// <summary>Blobs that come in parts.</summary>
public sealed class PartUploadsTests
{
    private const int PartBytes = 1_000_000;

    private static readonly byte[] Whole = BlobFixture.Content(seed: 1, PartBytes * 2 + 345_678);

    [Fact]
    public async Task Complete_AllPartsInAnyOrderAndAcrossARestart_IsTheWhole()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes, Digest.Of(Whole));
        await Task.WhenAll(PutAsync(fixture, id, 3), PutAsync(fixture, id, 1));
        await fixture.RestartAsync();
        Assert.Equal(Md5Hex(2), await PutAsync(fixture, id, 2));

        string etag = await fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default);

        Assert.Equal($"{Convert.ToHexStringLower(MD5.HashData(Sent(1, 2, 3).SelectMany(part => part.Md5).ToArray()))}-3", etag);
        Assert.Equal(Whole, fixture.Read(id));
        Assert.Equal(Digest.Of(Whole), fixture.Blobs.Get(fixture.Owner, id.Text).Sha256);
        Assert.Empty(fixture.Files("parts"));

        // A client whose answer was lost asks again.
        Assert.Equal(etag, await fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default));
        Assert.Equal(Md5Hex(2), await PutAsync(fixture, id, 2));
        Assert.Equal(ErrorKind.FailedPrecondition, (await FailAsync(() => fixture.PutPartAsync(id, 2, new byte[PartBytes]))).Kind);
        Assert.Equal(Whole, fixture.Read(id));
    }

    [Fact]
    public async Task Complete_NotWhatCame_IsRefusedAndMayBeMended()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes, Digest.Of(Whole));
        await PutAsync(fixture, id, 1);
        await PutAsync(fixture, id, 3);

        await AssertIncompleteAsync(fixture, id, Sent(1, 2, 3), "2 of its 3 parts came");
        await fixture.PutPartAsync(id, 2, new byte[PartBytes]);
        await AssertIncompleteAsync(fixture, id, Sent(1, 2, 3), "part 2 has the ETag");
        await PutAsync(fixture, id, 2);
        await AssertIncompleteAsync(fixture, id, Sent(1, 2), "and 2 were named");
        await AssertIncompleteAsync(fixture, id, Sent(1, 3, 2), "part 2 has the ETag");

        await fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default);
        Assert.Equal(Whole, fixture.Read(id));
    }

    [Fact]
    public async Task Complete_WholeHasAnotherDigest_IsGivenUpAndTakesNoSpace()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes, Digest.OfNothing);
        await Task.WhenAll(PutAsync(fixture, id, 1), PutAsync(fixture, id, 2), PutAsync(fixture, id, 3));

        ApplianceException failure = await FailAsync(() => fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Empty(fixture.Files("parts"));
        fixture.AssertNothingStored(id);
        Assert.Contains("was given up", (await FailAsync(() => PutAsync(fixture, id, 1))).Message);
        Assert.Contains("was given up", (await FailAsync(() => fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default))).Message);
    }

    [Fact]
    public async Task PutPart_WrongLengthOrNumber_IsRefused()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes);

        foreach ((int number, int length) in new[] { (1, PartBytes - 1), (1, PartBytes + 1), (3, PartBytes), (0, PartBytes), (4, 10), (-1, 10) })
        {
            ApplianceException failure = await FailAsync(() => fixture.PutPartAsync(id, number, new byte[length]));
            Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        }

        Assert.Empty(fixture.Store.Read(read => BlobParts.List(read, id)));
    }

    [Fact]
    public async Task PutPart_AgainAndItBreaksOff_DoesNotCountAsBeforeAnyMore()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes);
        await Task.WhenAll(PutAsync(fixture, id, 1), PutAsync(fixture, id, 2), PutAsync(fixture, id, 3));

        await FailAsync(() => fixture.PutPartAsync(id, 2, new byte[10]));

        await AssertIncompleteAsync(fixture, id, Sent(1, 2, 3), "2 of its 3 parts came");
    }

    [Fact]
    public async Task Complete_CrashedAfterTheRename_GoesOn()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId id = await fixture.AnnouncePartsAsync(Whole, PartBytes, Digest.Of(Whole));
        await Task.WhenAll(PutAsync(fixture, id, 1), PutAsync(fixture, id, 2), PutAsync(fixture, id, 3));
        string file = Assert.Single(fixture.Files("parts"));
        File.Move(file, file.Replace("/parts/", "/content/", StringComparison.Ordinal));
        await fixture.RestartAsync();
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => fixture.Blobs.OpenRead(id)).Kind);

        await fixture.Blobs.Uploads.CompleteAsync(id, Sent(1, 2, 3), default);

        Assert.Equal(Whole, fixture.Read(id));
    }

    [Fact]
    public async Task Part_OfABlobThatComesAsOne_IsTheWhole()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 4, 1000);
        BlobId id = await fixture.AnnounceAsync(content);
        Assert.Equal(ErrorKind.InvalidArgument, (await FailAsync(() => fixture.Blobs.Uploads.CompleteAsync(id, [(1, MD5.HashData(content))], default))).Kind);

        await fixture.PutPartAsync(id, 1, content);
        string etag = await fixture.Blobs.Uploads.CompleteAsync(id, [(1, MD5.HashData(content))], default);

        Assert.Equal($"{Convert.ToHexStringLower(MD5.HashData(MD5.HashData(content)))}-1", etag);
        Assert.Equal(ErrorKind.InvalidArgument, (await FailAsync(() => fixture.PutPartAsync(id, 2, content))).Kind);
        BlobId inParts = await fixture.AnnouncePartsAsync(Whole, PartBytes);
        Assert.Contains("comes in parts", (await FailAsync(() => fixture.PutAsync(inParts, Whole))).Message);
    }

    [Theory]
    [InlineData(0, false, null, 1)]
    [InlineData(PartPlan.WholeBytesMax, false, null, 1)]
    [InlineData(PartPlan.WholeBytesMax + 1, false, 64L << 20, 17)]
    [InlineData(50L << 30, false, 64L << 20, 800)]
    [InlineData(1L << 40, false, 1088L << 20, 964)]
    [InlineData(50L << 30, true, null, 1)]
    public void Plan_AnyLength_HasFewPartsThatCoverIt(long lengthBytes, bool isMd5Known, long? partLength, int count)
    {
        var declaration = new BlobDeclaration(lengthBytes, isMd5Known ? new byte[16] : null, null);
        var blob = new BlobRecord(
            default, default, BlobState.Awaited, lengthBytes, PartPlan.PartLengthOf(declaration), null, null, null, default, default);

        Assert.Equal((partLength, count), (blob.PartLengthBytes, PartPlan.CountParts(blob)));
        (long offset, long length) = PartPlan.Locate(blob, count);
        Assert.Equal(lengthBytes, offset + length);
    }

    private static ReadOnlySpan<byte> Part(int number) =>
        Whole.AsSpan((number - 1) * PartBytes, Math.Min(PartBytes, Whole.Length - ((number - 1) * PartBytes)));

    private static string Md5Hex(int number) => Convert.ToHexStringLower(MD5.HashData(Part(number)));

    private static Task<string> PutAsync(BlobFixture fixture, BlobId id, int number) => fixture.PutPartAsync(id, number, Part(number));

    private static IReadOnlyList<(int Number, byte[] Md5)> Sent(params int[] numbers) =>
        [.. numbers.Select(number => (number, MD5.HashData(Part(number))))];

    private static Task<ApplianceException> FailAsync(Func<Task> work) => Assert.ThrowsAsync<ApplianceException>(work);

    private static async Task AssertIncompleteAsync(BlobFixture fixture, BlobId id, IReadOnlyList<(int Number, byte[] Md5)> sent, string message)
    {
        ApplianceException failure = await FailAsync(() => fixture.Blobs.Uploads.CompleteAsync(id, sent, default));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(message, failure.Message);
        fixture.AssertNothingStored(id);
    }
}
