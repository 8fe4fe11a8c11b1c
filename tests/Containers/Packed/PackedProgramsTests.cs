using Appliance.Containers.Packed;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Containers.Packed;

public sealed class PackedProgramsTests : IDisposable
{
    private readonly TemporaryFolder directory = new();

    private string Runc => Path.Combine(PackedPrograms.FolderIn(directory.Path), PackedPrograms.Runc);

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task EnsureUnpacked_IntoAnEmptyDirectory_BringsProgramsThatRun()
    {
        Assert.False(PackedPrograms.AreUnpacked(directory.Path));
        string folder = PackedPrograms.EnsureUnpacked(directory.Path);

        Assert.Equal([PackedPrograms.Shim, PackedPrograms.Runc], Names(folder));
        Assert.All(Directory.EnumerateFiles(folder), file => Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(file)));
        Assert.Contains("Version:", await Tool.RunAsync(Path.Combine(folder, PackedPrograms.Shim), "-v"));
        Assert.Contains("runc version", await Tool.RunAsync(Runc, "--version"));
        Assert.True(PackedPrograms.AreUnpacked(directory.Path));
    }

    [Fact]
    public void EnsureUnpacked_WhatIsThere_StaysAsItIs()
    {
        PackedPrograms.EnsureUnpacked(directory.Path);
        var old = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Runc, old);

        PackedPrograms.EnsureUnpacked(directory.Path);
        Assert.Equal(old, File.GetLastWriteTimeUtc(Runc));
    }

    [Fact]
    public void EnsureUnpacked_AfterAKillInTheMiddle_Completes()
    {
        string folder = PackedPrograms.EnsureUnpacked(directory.Path);
        byte[] content = File.ReadAllBytes(Runc);
        File.Delete(Runc);
        File.WriteAllBytes(Runc + ".new", content.AsSpan(0, content.Length / 2));

        PackedPrograms.EnsureUnpacked(directory.Path);
        Assert.Equal(Digest.Of(content), Digest.Of(File.ReadAllBytes(Runc)));
        Assert.Equal([PackedPrograms.Shim, PackedPrograms.Runc], Names(folder));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5_000_000)]
    public void EnsureUnpacked_AnotherContentThere_IsReplacedAndNotWrittenInto(int keptBytes)
    {
        PackedPrograms.EnsureUnpacked(directory.Path);
        byte[] content = File.ReadAllBytes(Runc);
        byte[] changed = keptBytes == 0 ? [] : [.. content];
        if (keptBytes > 0)
        {
            changed[keptBytes] ^= 1;
        }

        File.WriteAllBytes(Runc, changed);
        using FileStream running = File.OpenRead(Runc);

        PackedPrograms.EnsureUnpacked(directory.Path);
        Assert.Equal(Digest.Of(content), Digest.Of(File.ReadAllBytes(Runc)));
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(Runc));
        byte[] seen = new byte[running.Length];
        running.ReadExactly(seen);
        Assert.Equal(Digest.Of(changed), Digest.Of(seen));
    }

    [Fact]
    public async Task EnsureUnpacked_ManyAtOnce_AllSucceed()
    {
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PackedPrograms.EnsureUnpacked(directory.Path))));
        Assert.Single(folders.Distinct());
        Assert.Equal([PackedPrograms.Shim, PackedPrograms.Runc], Names(folders[0]));
    }

    [Fact]
    public void EnsureUnpacked_WhereNothingCanBeWritten_SaysWhereAndWhatToDo()
    {
        File.WriteAllText(PackedPrograms.FolderIn(directory.Path), "in the way");
        var failure = Assert.Throws<ApplianceException>(() => PackedPrograms.EnsureUnpacked(directory.Path));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains(PackedPrograms.FolderIn(directory.Path), failure.Message);
        Assert.Contains("install the packages 'containerd' and 'runc'", failure.Message);
    }

    private static IEnumerable<string?> Names(string folder) => Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
