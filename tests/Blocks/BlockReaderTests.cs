using Appliance.Blocks.Reading;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Tests.Blocks;

public sealed class BlockReaderTests : IAsyncLifetime
{
    private const int LengthBytes = (512 * 1024 * 3) + 77;

    private readonly StoreFixture fixture = new();
    private readonly byte[] content = StoreFixture.Content(seed: 1, LengthBytes);
    private Digest digest;

    public async Task InitializeAsync() => digest = await fixture.PutAsync(content);

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Theory]
    [InlineData(0, LengthBytes)]
    [InlineData(0, 0)]
    [InlineData(LengthBytes, 0)]
    [InlineData(1, 1)]
    [InlineData(512 * 1024 - 1, 2)]
    [InlineData(1000, LengthBytes - 1000)]
    public async Task Copy_Range_GivesThoseBytes(int offset, int lengthBytes)
    {
        using var copy = new MemoryStream();
        await fixture.Store.CopyToAsync(digest, offset, lengthBytes, copy, default);
        Assert.Equal(content[offset..(offset + lengthBytes)], copy.ToArray());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(0, LengthBytes + 1)]
    [InlineData(LengthBytes, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(1, long.MaxValue)]
    public async Task Copy_RangeOutsideTheBlock_IsRefused(long offset, long lengthBytes) => Assert.Equal(
        ErrorKind.InvalidArgument,
        await fixture.FailureOfAsync(fixture.Store.CopyToAsync(digest, offset, lengthBytes, Stream.Null, default)));

    [Fact]
    public async Task Read_Missing_IsNotFound()
    {
        Assert.Equal(ErrorKind.NotFound, await fixture.FailureOfAsync(fixture.ReadAsync(Digest.OfNothing)));
        Assert.Equal(
            ErrorKind.NotFound, Assert.Throws<ApplianceException>(() => fixture.Store.OpenRead(Digest.OfNothing)).Kind);
    }

    [Fact]
    public async Task OpenRead_BlockIsCollectedMeanwhile_StaysReadable()
    {
        using OpenBlock block = fixture.Store.OpenRead(digest);
        await fixture.Store.CollectAsync(TimeSpan.Zero, default);
        Assert.False(fixture.Store.Exists(digest));
        byte[] read = new byte[block.LengthBytes];
        Assert.Equal(LengthBytes, RandomAccess.Read(block.Handle, read, block.Offset));
        Assert.Equal(content, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(LengthBytes - 1)]
    public async Task CopyVerified_FlippedBit_NeverGivesAllBytes(int offset)
    {
        fixture.FlipBit(digest, offset);
        using var copy = new MemoryStream();
        Task read = fixture.Store.CopyVerifiedToAsync(digest, copy, default);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => read);
        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.Contains(digest.ToString(), failure.Message);
        Assert.True(copy.Length < LengthBytes);
        Assert.False(fixture.Store.Exists(digest));
    }
}
