using System.Formats.Tar;
using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Metadata;
using Appliance.Volumes.Transfers;

namespace Appliance.Tests.Volumes.Transfers;

public sealed class ArchiveImportTests
{
    [Theory]
    [InlineData("plain.tar", "--format=pax")]
    [InlineData("gnu.tar", "--format=gnu")]
    [InlineData("packed.tar.gz", "--gzip")]
    [InlineData("packed.tar.zst", "--zstd")]
    [InlineData("holes.tar", "--sparse", "--format=pax")]
    public async Task Archive_OfEachForm_HoldsTheSameAsTheDirectory(string name, params string[] options)
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string source = SampleTree.Make(Path.Combine(scratch.Path, "source"));
        string archive = SampleTree.Pack(source, Path.Combine(scratch.Path, name), options);

        await fixture.ImportAsync(archive);
        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));

        // The older format has whole seconds.
        static string Comparable(string line) => System.Text.RegularExpressions.Regex.Replace(line, @"\.\d{6} ", " ");
        Assert.Equal(SampleTree.Describe(source).Select(Comparable), SampleTree.Describe(Path.Combine(scratch.Path, "copy")).Select(Comparable));
    }

    [Fact]
    public async Task HardLinks_BecomeFilesOfTheSameContent()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        SampleTree.Write(scratch.Path, "source/a", 3_000_000, 1);
        TestDirectory.Run("ln", Path.Combine(scratch.Path, "source/a"), Path.Combine(scratch.Path, "source/b"));
        string archive = SampleTree.Pack(Path.Combine(scratch.Path, "source"), Path.Combine(scratch.Path, "links.tar"));

        TransferReport report = await fixture.ImportAsync(archive, StorageFixture.Request with { To = "/in" });
        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));

        Assert.Equal(System.IO.File.ReadAllBytes(Path.Combine(scratch.Path, "copy/in/a")), System.IO.File.ReadAllBytes(Path.Combine(scratch.Path, "copy/in/b")));
        Assert.Equal(6_000_000, fixture.CheckedUsage(report.VolumeId!).Bytes);
        Assert.Equal(1, fixture.Blocks.ReadUsage().BlockCount);
    }

    [Fact]
    public async Task Path_ThatComesTwice_IsWhatCameLast()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string archive = Write(scratch, File("a", "first"), File("a", "the last one"));

        TransferReport report = await fixture.ImportAsync(archive);
        await fixture.ExportAsync(Path.Combine(scratch.Path, "copy"));

        Assert.Equal("the last one", System.IO.File.ReadAllText(Path.Combine(scratch.Path, "copy/a")));
        Assert.Equal(1, fixture.CheckedUsage(report.VolumeId!).Files);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("a/..")]
    public async Task Path_ThatLeadsOutside_IsRefusedAsAWhole(string name)
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();

        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(Write(scratch, File("fine", "1"), File(name, "2")))));

        Assert.Equal(0, fixture.Head());
    }

    [Fact]
    public async Task Link_ThatLeadsOutside_IsKeptAsALinkAndNeverFollowed()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        var link = new PaxTarEntry(TarEntryType.SymbolicLink, "way") { LinkName = "/etc" };
        var twin = new PaxTarEntry(TarEntryType.HardLink, "twin") { LinkName = "../../etc/passwd" };
        var absent = new PaxTarEntry(TarEntryType.HardLink, "twin") { LinkName = "etc/passwd" };

        Assert.Equal(ErrorKind.FailedPrecondition, await fixture.FailureOfAsync(fixture.ImportAsync(Write(scratch, link, File("way/passwd", "x")))));
        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(Write(scratch, twin))));
        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(Write(scratch, absent))));

        Assert.Equal(0, fixture.Head());
    }

    [Fact]
    public async Task Archive_ThatIsCutShort_IsRefusedWhereverThatIs()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        byte[] whole = System.IO.File.ReadAllBytes(Write(scratch, File("a", "1"), File("b", new string('x', 3000)), File("c", "3")));
        int end = whole.Length - 1024;
        string cut = Path.Combine(scratch.Path, "cut.tar");
        for (int length = 0; length <= end; length += 256)
        {
            System.IO.File.WriteAllBytes(cut, whole[..length]);
            Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(cut)));
        }

        Assert.Equal(0, fixture.Head());
    }

    [Theory]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 1, 2, 3 })]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0 })]
    [InlineData(new byte[] { 0x50, 0x4B, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    public async Task Rubbish_IsRefused(byte[] bytes)
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        string path = Path.Combine(scratch.Path, "rubbish.tar");
        System.IO.File.WriteAllBytes(path, bytes);

        Assert.Equal(ErrorKind.InvalidArgument, await fixture.FailureOfAsync(fixture.ImportAsync(path)));
    }

    [Fact]
    public async Task Noise_InsideAnArchive_NeverBringsDownTheImport()
    {
        using var scratch = new DataFolder();
        await using StorageFixture fixture = await StorageFixture.OpenAsync();
        byte[] whole = System.IO.File.ReadAllBytes(Write(scratch, File("a", "1"), File("b", new string('x', 3000)), File("c", "3")));
        var random = new Random(20261121);
        string path = Path.Combine(scratch.Path, "noise.tar");
        for (int round = 0; round < 150; round++)
        {
            byte[] noisy = [.. whole];
            for (int count = random.Next(1, 6); count > 0; count--)
            {
                noisy[random.Next(noisy.Length)] = (byte)random.Next(256);
            }

            System.IO.File.WriteAllBytes(path, noisy);
            Exception? fault = await Record.ExceptionAsync(() => fixture.ImportAsync(path, StorageFixture.Request with { Force = true }));
            Assert.True(fault is null or ApplianceException, $"Round {round}: {fault}");
        }
    }

    private static PaxTarEntry File(string name, string text) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)) };

    private static string Write(DataFolder scratch, params TarEntry[] entries)
    {
        string path = Path.Combine(scratch.Path, $"{Guid.NewGuid():n}.tar");
        using FileStream file = System.IO.File.Create(path);
        using var writer = new TarWriter(file, TarEntryFormat.Pax);
        foreach (TarEntry entry in entries)
        {
            writer.WriteEntry(entry);
        }

        return path;
    }
}
