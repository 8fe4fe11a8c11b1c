using Appliance.Admin.Space;
using Appliance.Admin.Transfers;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Volumes;
using Appliance.Objects;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Volumes.Transfers;
using Appliance.Volumes.Upkeep;

namespace Appliance.Tests.Admin.Space;

public sealed class SpaceDeskTests
{
    [Fact]
    public async Task Report_OfEqualFiles_ShowsWhatIsStoredOnce()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "a", 1_000_000, 1);
        SampleTree.Write(scratch.Path, "b", 1_000_000, 1);
        SampleTree.Write(scratch.Path, "c", 9_000_000, 2);
        await fixture.ImportAsync(scratch.Path);
        Directory.CreateDirectory(Path.Combine(fixture.Directory, "logs"));
        File.WriteAllText(Path.Combine(fixture.Directory, "logs/task"), "some words");

        SpaceReport report = await fixture.Space(TimeSpan.Zero).ReportAsync(CancellationToken.None);

        Assert.Equal(new ObjectSpace("volumes", 1, 3, 11_000_000), Assert.Single(report.Objects));
        Assert.Equal((11_000_000, 10_000_000, 0), (report.LogicalBytes, report.StoredBytes, report.ReclaimableBytes));
        Assert.Equal(new StoredSpace("blocks", 1, 1_000_000, 0, false), Line(report, "blocks"));
        Assert.Equal(new StoredSpace("contents", 1, 9_000_000, 0, false), Line(report, "contents"));
        Assert.Equal(new StoredSpace("logs", 1, 10, null, false), Line(report, "logs"));
        Assert.Equal("data", Assert.Single(report.Volumes).Name);
        Assert.True(report.FreeBytes <= report.DiskBytes && Line(report, "metadata").Bytes > 0);
    }

    [Fact]
    public async Task Prune_AfterADeletion_GivesBackWhatItSaidItWould()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "a", 1_000_000, 1);
        SampleTree.Write(scratch.Path, "c", 9_000_000, 2);
        TransferReport import = await fixture.ImportAsync(scratch.Path);
        await RemoveAsync(fixture, import.VolumeId!);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        LocalSpaceDesk desk = fixture.Space(TimeSpan.Zero);
        Assert.Equal(10_000_000, (await desk.ReportAsync(CancellationToken.None)).ReclaimableBytes);

        PruneReport preview = await desk.PruneAsync(new PruneRequest(DryRun: true, AllUnfinished: false), CancellationToken.None);
        Assert.Equal(1, fixture.Blocks.ReadUsage().BlockCount);
        PruneReport pruned = await desk.PruneAsync(new PruneRequest(DryRun: false, AllUnfinished: false), CancellationToken.None);

        Assert.Equal(10_000_000, preview.Bytes);
        Assert.Equal(preview.Items, pruned.Items);
        Assert.Equal(0, fixture.Blocks.ReadUsage().BlockCount);
        Assert.Equal(0, (await desk.ReportAsync(CancellationToken.None)).StoredBytes);
    }

    [Fact]
    public async Task Prune_WithinTheGrace_LeavesWhatAnUploadMayWant()
    {
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        LocalSpaceDesk desk = fixture.Space(LocalSpaceDesk.ServingGrace);
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        (await fixture.Blocks.PutAsync(new byte[] { 1, 2, 3 }, CancellationToken.None)).Dispose();
        fixture.Clock.Advance(TimeSpan.FromMinutes(14));

        Assert.Equal(0, (await desk.PruneAsync(new PruneRequest(false, true), CancellationToken.None)).Bytes);
        fixture.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(3, (await desk.PruneAsync(new PruneRequest(false, true), CancellationToken.None)).Bytes);
    }

    [Fact]
    public async Task Prune_OfUnfinishedUploads_WaitsForADayUnlessAllAreMeant()
    {
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string part = Path.Combine(fixture.Directory, "contents/parts", new string('a', 64));
        File.WriteAllBytes(part, new byte[8192]);
        File.SetLastWriteTimeUtc(part, fixture.Clock.GetUtcNow().UtcDateTime);
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        LocalSpaceDesk desk = fixture.Space(LocalSpaceDesk.ServingGrace);

        await desk.PruneAsync(new PruneRequest(false, AllUnfinished: false), CancellationToken.None);
        Assert.True(File.Exists(part));
        await desk.PruneAsync(new PruneRequest(false, AllUnfinished: true), CancellationToken.None);

        Assert.False(File.Exists(part));
    }

    [Fact]
    public async Task Prune_OfVariants_TakesThoseThatNoTreeUses()
    {
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string folder = Directory.CreateDirectory(Path.Combine(fixture.Directory, "volumes/variants/600")).FullName;
        File.WriteAllText(Path.Combine(folder, "unused"), "12345");
        File.WriteAllText(Path.Combine(folder, "used"), "12345");
        Metadata.TestDirectory.Run("ln", Path.Combine(folder, "used"), Path.Combine(fixture.Directory, "volumes/name"));

        (var all, var unused) = fixture.Stores.Variants.Survey(DateTimeOffset.MaxValue, CancellationToken.None);
        var young = fixture.Stores.Variants.Collect(DateTimeOffset.UtcNow.AddHours(-1), CancellationToken.None);
        var removed = fixture.Stores.Variants.Collect(DateTimeOffset.UtcNow.AddHours(1), CancellationToken.None);

        Assert.Equal((2, 1, 0, 1), (all.Count, unused.Count, young.Count, removed.Count));
        Assert.True(File.Exists(Path.Combine(folder, "used")));
    }

    private static StoredSpace Line(SpaceReport report, string kind) => report.Stored.Single(line => line.Kind == kind);

    private static async Task RemoveAsync(StorageFixture fixture, string volumeId)
    {
        await fixture.Store.WriteAsync(write => ObjectRows.Remove(write, volumeId));
        await using var reaper = new ObjectReaper(fixture.Store, [new VolumeContents("vo", fixture.Trees)], TimeProvider.System, _ => { });
        while (fixture.Store.Read(VolumeRows.List).Count > 0)
        {
            await Task.Delay(20);
        }
    }
}
