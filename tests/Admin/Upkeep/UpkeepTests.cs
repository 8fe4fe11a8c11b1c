using Appliance.Admin.Space;
using Appliance.Admin.Upkeep;
using Appliance.Blocks;
using Appliance.Core.Digests;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Volumes.Transfers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Tests.Admin.Upkeep;

public sealed class UpkeepTests
{
    [Fact]
    public async Task Scrub_OnceAWeek_GoesOnAfterARestartAndPutsDamageAside()
    {
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        (await fixture.Blocks.PutAsync(new byte[] { 1, 2, 3 }, CancellationToken.None)).Dispose();
        Digest digest = Digest.Of([1, 2, 3]);
        using (var meter = new UpkeepMeter(fixture.Blocks.QuarantineDirectory))
        {
            var rounds = new ScrubRounds(fixture.Stores, meter, fixture.Clock, NullLogger.Instance);
            Assert.Equal(TimeSpan.FromDays(7), await rounds.StepAsync(CancellationToken.None));
            fixture.Clock.Advance(TimeSpan.FromDays(7));
            Assert.Equal(TimeSpan.Zero, await rounds.StepAsync(CancellationToken.None));
        }

        await fixture.RestartAsync();
        File.WriteAllBytes(fixture.Blocks.PathOf(digest), [1, 2, 4]);
        using var second = new UpkeepMeter(fixture.Blocks.QuarantineDirectory);
        var later = new ScrubRounds(fixture.Stores, second, fixture.Clock, NullLogger.Instance);
        int steps = 0;
        while (await later.StepAsync(CancellationToken.None) == TimeSpan.Zero)
        {
            steps++;
        }

        // One part was done before the restart.
        Assert.Equal(BlockStore.ShelfCount - 1, steps);
        Assert.False(fixture.Blocks.Exists(digest));
        Assert.Contains((await fixture.Space(TimeSpan.Zero).ReportAsync(CancellationToken.None)).Stored, line => line is { Kind: "damaged blocks", Count: 1 });
    }

    [Fact]
    public async Task Scrub_OfLongFiles_NamesThoseThatAreDamaged()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "file", 20_000_000, 1);
        await fixture.ImportAsync(scratch.Path);
        string path = Directory.EnumerateFiles(Path.Combine(fixture.Directory, "contents"), "*", SearchOption.AllDirectories).Single();
        int shelf = Convert.ToInt32(Path.GetFileName(Path.GetDirectoryName(path)), 16);
        Assert.Empty((await fixture.Contents.Scrubber.ScrubShelfAsync(shelf, long.MaxValue, CancellationToken.None)).Damaged);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Digest damaged = Assert.Single((await fixture.Contents.Scrubber.ScrubShelfAsync(shelf, long.MaxValue, CancellationToken.None)).Damaged);

        Assert.Equal(path, fixture.Contents.Scrubber.PathOf(damaged));
    }

    [Fact]
    public async Task Housekeeper_ToldToStop_StopsAtOnce()
    {
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        using var surveyor = new SpaceSurveyor(fixture.Stores, fixture.Clock);
        var housekeeper = new Housekeeper(fixture.Stores, surveyor, TimeProvider.System, NullLogger.Instance);

        await housekeeper.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
    }
}
