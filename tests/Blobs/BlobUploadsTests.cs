using System.Security.Cryptography;
using Appliance.Blobs;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata.Blobs;

namespace Appliance.Tests.Blobs;

/// <summary>Blobs that come as one.</summary>
public sealed class BlobUploadsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024 * 1024)]
    [InlineData(3 * 1024 * 1024 + 17)]
    public async Task Put_WhatWasAnnounced_IsThereAlsoAfterARestart(int lengthBytes)
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 1, lengthBytes);
        BlobId id = await fixture.AnnounceAsync(content, MD5.HashData(content));

        string etag = await fixture.PutAsync(id, content, MD5.HashData(content));

        Assert.Equal(Convert.ToHexStringLower(MD5.HashData(content)), etag);
        await fixture.RestartAsync();
        BlobRecord blob = fixture.Blobs.Get(fixture.Owner, id.Text);
        Assert.Equal((BlobState.Stored, etag, (Digest?)Digest.Of(content)), (blob.State, blob.ETag, blob.Sha256));
        Assert.Equal(content, fixture.Read(id));
        string file = Assert.Single(fixture.Files("content"));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    [Fact]
    public async Task Put_WrongBytes_AreRefusedAndTheRightOnesMayFollow()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 1, 2_000_000);
        byte[] other = BlobFixture.Content(seed: 2, 2_000_000);
        BlobId bySha256 = await fixture.AnnounceAsync(content);
        BlobId byMd5 = await fixture.AnnounceAsync(content, MD5.HashData(content));

        await AssertRefusedAsync(fixture, bySha256, other, "do not have the SHA-256");
        await AssertRefusedAsync(fixture, byMd5, other, "The Content-MD5 you specified did not match what we received.");
        await AssertRefusedAsync(fixture, bySha256, content[..^1], "Only 1999999 of the 2000000 bytes");
        await AssertRefusedAsync(fixture, bySha256, [.. content, 1], "More than the 2000000 bytes");
        await AssertRefusedAsync(fixture, bySha256, BlobFixture.Content(3, 9_000_000), "More than the 2000000 bytes");
        await AssertRefusedAsync(fixture, bySha256, [], "Only 0 of");

        await fixture.PutAsync(bySha256, content);
        Assert.Equal(content, fixture.Read(bySha256));
    }

    [Fact]
    public async Task Put_HeaderNamesAnotherMd5_IsRefused()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 1, 1000);
        BlobId id = await fixture.AnnounceAsync(content);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(id, content, new byte[16]));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        fixture.AssertNothingStored(id);
    }

    [Fact]
    public async Task Put_Twice_TakesTheSameBytesAndRefusesOthers()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 1, 5000);
        BlobId id = await fixture.AnnounceAsync(content);
        string etag = await fixture.PutAsync(id, content);

        Assert.Equal(etag, await fixture.PutAsync(id, content));
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(id, BlobFixture.Content(2, 5000)));

        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Equal(content, fixture.Read(id));
        Assert.Empty(fixture.Files("tmp"));
    }

    [Fact]
    public async Task Put_ManyAtOnceOfDifferentBytes_StoresOneOfThemWhole()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[][] contents = [.. Enumerable.Range(1, 8).Select(seed => BlobFixture.Content(seed, 300_000))];
        var id = ObjectId.Mint<BlobId>();
        await fixture.Store.WriteAsync(write => BlobStore.Announce(write, fixture.Owner, id, new BlobDeclaration(300_000, null, null)));

        bool[] stored = await Task.WhenAll(contents.Select(async content =>
        {
            try
            {
                await fixture.PutAsync(id, content);
                return true;
            }
            catch (ApplianceException failure) when (failure.Kind == ErrorKind.FailedPrecondition)
            {
                return false;
            }
        }));

        byte[] winner = contents[Array.IndexOf(stored, true)];
        Assert.Single(stored, true);
        Assert.Equal(winner, fixture.Read(id));
        Assert.Equal(Digest.Of(winner), fixture.Blobs.Get(fixture.Owner, id.Text).Sha256);
    }

    [Fact]
    public async Task Put_SenderGoesAway_LeavesNothing()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        byte[] content = BlobFixture.Content(seed: 1, 5_000_000);
        BlobId id = await fixture.AnnounceAsync(content);

        await Assert.ThrowsAsync<IOException>(() => fixture.Blobs.Uploads.PutAsync(id, new BreakingStream(content, 3_000_000), null, default));

        fixture.AssertNothingStored(id);
    }

    [Fact]
    public async Task Put_NeverOrOfAnUnknownBlob_IsNotFound()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        BlobId never = await fixture.AnnounceAsync([1, 2, 3]);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(ObjectId.Mint<BlobId>(), [1]));

        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        fixture.AssertNothingStored(never);
    }

    [Fact]
    public async Task Restart_SweepsWhatACrashLeft()
    {
        await using BlobFixture fixture = await BlobFixture.OpenAsync();
        string folder = Path.Combine(fixture.Directory, BlobStore.DirectoryName);
        await File.WriteAllTextAsync(Path.Combine(folder, "tmp", "7"), "half");
        await File.WriteAllTextAsync(Path.Combine(folder, "parts", ObjectId.Mint<BlobId>().Text), "half");
        BlobId goesOn = await fixture.AnnouncePartsAsync(new byte[100], 50);

        await fixture.RestartAsync();

        Assert.Empty(fixture.Files("tmp"));
        Assert.Equal(goesOn.Text, Path.GetFileName(Assert.Single(fixture.Files("parts"))));
    }

    private static async Task AssertRefusedAsync(BlobFixture fixture, BlobId id, byte[] content, string message)
    {
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => fixture.PutAsync(id, content));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(message, failure.Message);
        fixture.AssertNothingStored(id);
    }

    /// <summary>A connection that breaks.</summary>
    private sealed class BreakingStream(byte[] content, int breaksAt) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position >= breaksAt
                ? throw new IOException("The connection was reset.")
                : base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, breaksAt - Position)], cancellationToken);
    }
}
