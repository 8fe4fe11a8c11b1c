using Appliance.Blocks;
using Appliance.Blocks.Leases;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Tests.Blocks;

public sealed class BlockWriterTests : IAsyncLifetime
{
    private const int ChunkBytes = 256 * 1024;

    private readonly StoreFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ChunkBytes - 1)]
    [InlineData(ChunkBytes)]
    [InlineData(ChunkBytes + 1)]
    [InlineData(BlockLimits.LengthBytesMax)]
    public async Task Put_StreamOfAnyAllowedLength_IsReadBackUnchanged(int lengthBytes)
    {
        byte[] content = StoreFixture.Content(seed: lengthBytes, lengthBytes);
        using BlockLease lease = await fixture.Store.PutAsync(new MemoryStream(content), Digest.Of(content), default);
        Assert.Equal((Digest.Of(content), lengthBytes), (lease.Digest, lease.LengthBytes));
        Assert.Equal(content, await fixture.ReadAsync(lease.Digest));
        Assert.Empty(fixture.FilesIn("tmp"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(BlockLimits.LengthBytesMax)]
    public async Task Put_BytesInMemory_IsReadBackAfterReopen(int lengthBytes)
    {
        byte[] content = StoreFixture.Content(seed: 1, lengthBytes);
        Digest digest = await fixture.PutAsync(content);
        await fixture.ReopenAsync();
        Assert.Equal(content, await fixture.ReadAsync(digest));
    }

    [Fact]
    public async Task Put_OneByteTooLong_IsRefusedAndLeavesNothing()
    {
        byte[] content = StoreFixture.Content(seed: 1, BlockLimits.LengthBytesMax + 1);
        Assert.Equal(ErrorKind.TooLarge, await fixture.FailureOfAsync(fixture.Store.PutAsync(content, default)));
        Assert.Equal(
            ErrorKind.TooLarge,
            await fixture.FailureOfAsync(fixture.Store.PutAsync(new MemoryStream(content), null, default)));
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(ChunkBytes * 3)]
    public async Task Put_OtherDigestThanExpected_IsRefusedAndLeavesNothing(int lengthBytes)
    {
        MemoryStream source = new(StoreFixture.Content(seed: 1, lengthBytes));
        Assert.Equal(
            ErrorKind.InvalidArgument,
            await fixture.FailureOfAsync(fixture.Store.PutAsync(source, Digest.OfNothing, default)));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Put_OtherBytesForStoredBlock_IsRefused()
    {
        Digest digest = await fixture.PutAsync([1, 2, 3]);
        Assert.Equal(
            ErrorKind.InvalidArgument,
            await fixture.FailureOfAsync(fixture.Store.PutAsync(new MemoryStream([4]), digest, default)));
        Assert.Equal([1, 2, 3], await fixture.ReadAsync(digest));
    }

    [Fact]
    public async Task Put_StoredAlready_WritesNothing()
    {
        byte[] content = StoreFixture.Content(seed: 1, ChunkBytes * 2);
        Digest digest = await fixture.PutAsync(content);
        List<string> steps = [];
        fixture.Steps.BeforeStep = steps.Add;
        (await fixture.Store.PutAsync(content, default)).Dispose();
        (await fixture.Store.PutAsync(new MemoryStream(content), digest, default)).Dispose();
        Assert.Empty(steps);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(ChunkBytes * 2 + 10)]
    public async Task Put_SourceFailsMidway_LeavesNothing(int failAfterBytes)
    {
        var source = new FailingStream(StoreFixture.Content(seed: 1, failAfterBytes));
        await Assert.ThrowsAsync<TimeoutException>(() => fixture.Store.PutAsync(source, null, default));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Put_CancelledMidway_LeavesNothing()
    {
        using var stop = new CancellationTokenSource();
        var source = new FailingStream(StoreFixture.Content(seed: 1, ChunkBytes * 2)) { OnEnd = stop.Cancel };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.Store.PutAsync(source, null, stop.Token));
        AssertNothingLeft();
    }

    [Fact]
    public async Task Put_StoredBlockWasCutShort_Heals()
    {
        byte[] content = StoreFixture.Content(seed: 1, 5000);
        Digest digest = await fixture.PutAsync(content);
        fixture.CutShort(digest, 4096);
        await fixture.PutAsync(content);
        Assert.Equal(content, await fixture.ReadAsync(digest));
    }

    [Fact]
    public async Task PinStored_SomeMissing_ListsEachOnce()
    {
        Digest stored = await fixture.PutAsync([1]);
        Digest missing = Digest.Of([2]);
        using BlockLeaseSet leases = fixture.Store.PinStored([missing, stored, missing, stored]);
        Assert.Equal([missing], leases.Missing);
        Assert.True(fixture.Store.Exists(stored));
        Assert.False(fixture.Store.Exists(missing));
        Assert.Null(fixture.Store.TryPin(missing));
    }

    private void AssertNothingLeft()
    {
        Assert.Empty(fixture.FilesIn("tmp"));
        Assert.Equal(default, fixture.Store.ReadUsage());
    }

    /// <summary>Gives its bytes, then fails instead of ending.</summary>
    private sealed class FailingStream(byte[] content) : MemoryStream(content)
    {
        public Action OnEnd { get; init; } = () => { };

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            if (read > 0)
            {
                return read;
            }

            OnEnd();
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException("The source failed.");
        }
    }
}
