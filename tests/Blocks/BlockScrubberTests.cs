using Appliance.Blocks.Upkeep;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Tests.Blocks;

public sealed class BlockScrubberTests : IAsyncLifetime
{
    private readonly StoreFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public async Task Scrub_AllIntact_CountsEverything()
    {
        await fixture.PutAsync(StoreFixture.Content(seed: 1, 3_000_001));
        await fixture.PutAsync([]);
        await fixture.PutAsync([1]);
        ScrubReport report = await fixture.Store.ScrubAsync(long.MaxValue, null, default);
        Assert.Equal((3, 3_000_002), (report.BlockCount, report.Bytes));
        Assert.Empty(report.Damaged);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_000_000)]
    [InlineData(3_000_000)]
    public async Task Scrub_FlippedBit_QuarantinesThatBlockAndReuploadHeals(int offset)
    {
        byte[] content = StoreFixture.Content(seed: 1, 3_000_001);
        Digest damaged = await fixture.PutAsync(content);
        Digest intact = await fixture.PutAsync([1]);
        fixture.FlipBit(damaged, offset);

        ScrubReport report = await fixture.Store.ScrubAsync(long.MaxValue, null, default);

        Assert.Equal([damaged], report.Damaged);
        Assert.Equal([damaged.ToString()], fixture.FilesIn("quarantine").Select(Path.GetFileName));
        Assert.False(fixture.Store.Exists(damaged));
        Assert.True(fixture.Store.Exists(intact));
        await fixture.PutAsync(content);
        Assert.Equal(content, await fixture.ReadAsync(damaged));
    }

    [Fact]
    public async Task Scrub_BlockCutShort_IsDamage()
    {
        Digest digest = await fixture.PutAsync(StoreFixture.Content(seed: 1, 5000));
        fixture.CutShort(digest, 100);
        Assert.Equal([digest], (await fixture.Store.ScrubAsync(long.MaxValue, null, default)).Damaged);
    }

    [Fact]
    public async Task Scrub_RateLimit_WaitsOnTheClock()
    {
        await fixture.PutAsync(StoreFixture.Content(seed: 1, 1000));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Task<ScrubReport> scrub = fixture.Store.ScrubAsync(bytesPerSecondMax: 1, null, stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scrub);
    }

    [Fact]
    public async Task Verify_EachCondition_IsTold()
    {
        Digest digest = await fixture.PutAsync([1, 2, 3]);
        await fixture.Store.VerifyAsync(digest, default);
        fixture.FlipBit(digest, 1);
        Assert.Equal(ErrorKind.DataLoss, await fixture.FailureOfAsync(fixture.Store.VerifyAsync(digest, default)));
        Assert.Equal(ErrorKind.NotFound, await fixture.FailureOfAsync(fixture.Store.VerifyAsync(digest, default)));
    }
}
