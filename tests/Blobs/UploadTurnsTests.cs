using Appliance.Blobs.Uploads;
using Appliance.Core.Ids;

namespace Appliance.Tests.Blobs;

public sealed class UploadTurnsTests
{
    private static readonly BlobId Id = ObjectId.Mint<BlobId>();

    private readonly UploadTurns turns = new();

    [Fact]
    public async Task Take_DifferentParts_GoTogether()
    {
        using IDisposable one = await TakeAsync(1);
        using IDisposable two = await TakeAsync(2);
        using IDisposable other = await turns.TakeAsync(ObjectId.Mint<BlobId>(), UploadTurns.Whole, default);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, UploadTurns.Whole)]
    [InlineData(UploadTurns.Whole, 1)]
    [InlineData(UploadTurns.Whole, UploadTurns.Whole)]
    public async Task Take_WhatSomebodyHolds_WaitsForIt(int held, int wanted)
    {
        IDisposable first = await TakeAsync(held);

        Task<IDisposable> second = TakeAsync(wanted);
        Assert.False(second.IsCompleted);
        first.Dispose();

        using IDisposable turn = await second.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Take_WaiterGivesUp_LeavesTheOthersAlone()
    {
        using var stop = new CancellationTokenSource();
        IDisposable first = await TakeAsync(1);
        Task<IDisposable> givesUp = turns.TakeAsync(Id, 1, stop.Token);
        Task<IDisposable> waits = TakeAsync(1);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        Assert.False(waits.IsCompleted);
        first.Dispose();

        (await waits.WaitAsync(TimeSpan.FromSeconds(10))).Dispose();
    }

    private Task<IDisposable> TakeAsync(int part) => turns.TakeAsync(Id, part, default);
}
