using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Metadata.Volumes;
using Appliance.Native.Files;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Metadata;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Transfers;
using Appliance.Volumes.Transfers.Archives;

namespace Appliance.Tests.Volumes.Transfers;

public sealed class VolumeImportTests
{
    private static readonly ImportRequest Forced = StorageFixture.Request with { Force = true };

    [Fact]
    public async Task Directory_ThereAndBack_IsTheSame()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string source = SampleTree.Make(Path.Combine(scratch.Path, "source"));

        TransferReport report = await fixture.ImportAsync(source);
        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));

        Assert.Equal(SampleTree.Describe(source), SampleTree.Describe(Path.Combine(scratch.Path, "copy")));
        Assert.Equal((7, 2), (report.Files, report.Links));
        Assert.InRange(FileStatus.Find(Path.Combine(scratch.Path, "copy/zeros.bin"))!.Value.AllocatedBytes, 1, 2 * 1024 * 1024);
        Assert.Equal(7, fixture.CheckedUsage(report.VolumeId!).Files);
    }

    [Fact]
    public async Task Directory_PartOfIt_GoesWhereAsked()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "source/a/b.txt", 10, 1);

        await fixture.ImportAsync(Path.Combine(scratch.Path, "source"), StorageFixture.Request with { To = "/x/y" });
        await fixture.ExportAsync(Path.Combine(scratch.Path, "part"), "/x/y/a");
        await fixture.ExportAsync(Path.Combine(scratch.Path, "file"), "/x/y/a/b.txt");

        Assert.True(File.Exists(Path.Combine(scratch.Path, "part/b.txt")));
        Assert.True(File.Exists(Path.Combine(scratch.Path, "file/b.txt")));
        await Assert.ThrowsAsync<ApplianceException>(() => fixture.ExportAsync(Path.Combine(scratch.Path, "none"), "/nothing"));
    }

    [Fact]
    public async Task Volume_WithNothingInIt_ComesOutEmpty()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        await fixture.ImportAsync(Directory.CreateDirectory(Path.Combine(scratch.Path, "nothing")).FullName);

        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(scratch.Path, "copy")));
    }

    [Fact]
    public async Task Directory_Again_ReadsNothingAndMakesNoVersion()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string source = SampleTree.Make(Path.Combine(scratch.Path, "source"));
        await fixture.ImportAsync(source);

        TransferReport again = await fixture.ImportAsync(source);

        Assert.Equal((0, 7), (again.Files, again.Unchanged));
    }

    [Fact]
    public async Task File_ThatDiffers_StaysUnlessForced()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "file", 100, 1);
        TransferReport first = await fixture.ImportAsync(scratch.Path);
        long? head = fixture.Head();
        SampleTree.Write(scratch.Path, "file", 100, 2);
        SampleTree.Write(scratch.Path, "new", 30_000_000, 3);

        Assert.Equal(ErrorKind.AlreadyExists, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path)));
        Assert.Equal(head, fixture.Head());
        await fixture.ImportAsync(scratch.Path, Forced);

        Assert.Equal(30_000_100, fixture.CheckedUsage(first.VolumeId!).Bytes);
    }

    [Fact]
    public async Task Volume_ThatIsMissing_IsMadeOnlyWhenAsked()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();

        Assert.Equal(ErrorKind.NotFound, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path, StorageFixture.Request with { Create = false })));
        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path, StorageFixture.Request with { Name = "a/b" })));
        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path, StorageFixture.Request with { Version = 3 })));
        Assert.Equal(ErrorKind.NotFound, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path, StorageFixture.Request with { Environment = "none" })));
        Assert.Null(fixture.Head());
    }

    [Fact]
    public async Task Pipes_AreLeftOutWithAWord()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        TestDirectory.Run("mkfifo", Path.Combine(scratch.Path, "pipe"));
        SampleTree.Write(scratch.Path, "file", 1, 1);

        TransferReport report = await fixture.ImportAsync(scratch.Path);

        Assert.Equal((1, 1), (report.Files, report.Skipped));
        Assert.Contains("pipe", Assert.Single(report.Warnings));
    }

    [Fact]
    public async Task ManyFiles_AreOneVersion()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        for (int index = 0; index < 3000; index++)
        {
            SampleTree.Write(scratch.Path, $"d{index % 10}/{index}", index % 40, index);
        }

        TransferReport report = await fixture.ImportAsync(scratch.Path);

        Assert.Equal(3000, report.Files);
        Assert.Equal(1, fixture.Head());
        Assert.Equal(3000, fixture.CheckedUsage(report.VolumeId!).Files);
    }

    [Fact]
    public async Task Collection_InTheMiddle_TakesNothingOfTheImport()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Make(scratch.Path);
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        await fixture.Volumes.ImportDirectoryAsync(StorageFixture.Request with { Name = "other" }, Directory.CreateDirectory(Path.Combine(scratch.Path, "empty/inner")).FullName, new TransferProgress(), CancellationToken.None);
        var source = new InterruptedSource(new DirectorySource(scratch.Path), async () =>
        {
            fixture.Clock.Advance(TimeSpan.FromDays(1));
            await fixture.Blocks.CollectAsync(TimeSpan.Zero, CancellationToken.None);
            await fixture.Contents.Collector.CollectAsync(fixture.Clock.GetUtcNow(), CancellationToken.None);
        });

        string id = fixture.Store.Read(VolumeRows.List)[0].Id;
        ImportOutcome outcome = await new VolumeImporter(fixture.Store, fixture.Contents, fixture.Committer).ImportAsync(
            id, new ImportOrder(VolumePath.Root, Replaces: false), source, new TransferProgress(), CancellationToken.None);

        Assert.Equal(7, outcome.Files);
        Assert.Equal(7, fixture.CheckedUsage(id).Files);
    }

    [Fact]
    public async Task Import_ThatBreaksOff_ShowsNothingAndGoesOnLater()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string source = SampleTree.Make(Path.Combine(scratch.Path, "source"));
        await fixture.ImportAsync(Directory.CreateDirectory(Path.Combine(scratch.Path, "nothing")).FullName);
        string id = fixture.Store.Read(VolumeRows.List)[0].Id;
        int left = 9;
        var broken = new InterruptedSource(new DirectorySource(source), () => --left > 0 ? Task.CompletedTask : throw new IOException("pulled out"));
        var importer = new VolumeImporter(fixture.Store, fixture.Contents, fixture.Committer);
        var order = new ImportOrder(VolumePath.Root, Replaces: false);

        await Assert.ThrowsAsync<IOException>(() => importer.ImportAsync(id, order, broken, new TransferProgress(), CancellationToken.None));
        Assert.Equal(0, fixture.Head());
        await fixture.RestartAsync();
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Directory, "contents/imports")));
        await fixture.ImportAsync(source);

        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));
        Assert.Equal(SampleTree.Describe(source), SampleTree.Describe(Path.Combine(scratch.Path, "copy")));
    }

    [MountFact]
    public async Task FullDisk_LeavesTheVolumeAsItWas()
    {
        using var scratch = new DataFolder();
        using var mount = new TestMount(sizeKib: 48 * 1024);
        await using StorageFixture fixture = await StorageFixture.OpenAsync(mount.Path);
        SampleTree.Write(scratch.Path, "small", 1000, 1);
        TransferReport first = await fixture.ImportAsync(scratch.Path);
        SampleTree.Write(scratch.Path, "large", 90_000_000, 2);

        Assert.Equal(ErrorKind.ResourceExhausted, await fixture.FailureOfAsync(fixture.ImportAsync(scratch.Path)));

        Assert.Equal(1000, fixture.CheckedUsage(first.VolumeId!).Bytes);
        Assert.InRange(DiskSpace.Of(mount.Path).FreeBytes, 30_000_000, long.MaxValue);
    }

    [Fact]
    public async Task Export_OfDamagedBytes_HasNoEnd()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "file", 20_000_000, 1);
        await fixture.ImportAsync(scratch.Path);
        string stored = Directory.EnumerateFiles(Path.Combine(fixture.Directory, "contents"), "*", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(stored);
        bytes[10_000_000] ^= 1;
        File.WriteAllBytes(stored, bytes);
        using var archive = new MemoryStream();

        Assert.Equal(ErrorKind.DataLoss, await fixture.FailureOfAsync(fixture.Volumes.ExportAsync(
            new ExportRequest("data", "", "/"), archive, new TransferProgress(), CancellationToken.None)));

        archive.Position = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => new DirectoryWriter(Directory.CreateDirectory(Path.Combine(scratch.Path, "out")).FullName)
            .WriteAsync(new ArchiveSource(archive), new TransferProgress(), CancellationToken.None));
    }
}
