using Appliance.Tests.Machine;
using Appliance.Tests.Publish;
using Unpacking = Appliance.Containers.Guest.GuestPrograms;

namespace Appliance.Tests.Guest;

public sealed class GuestProgramsTests
{
    private const long SizeBytesMax = 100_000;

    [Fact]
    public void EnsureUnpacked_Twice_WritesOnce()
    {
        using var directory = new TemporaryFolder();
        string folder = Unpacking.EnsureUnpacked(directory.Path);
        Assert.Equal(Unpacking.Names.Order(), Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());

        DateTime[] written = Times(folder);
        Assert.Equal(folder, Unpacking.EnsureUnpacked(directory.Path));
        Assert.Equal(written, Times(folder));
    }

    [Fact]
    public void EnsureUnpacked_WhatIsEmptyOrGone_ComesBack()
    {
        using var directory = new TemporaryFolder();
        string folder = Unpacking.EnsureUnpacked(directory.Path);
        string init = Path.Combine(folder, Unpacking.Init);
        byte[] content = File.ReadAllBytes(init);

        File.Delete(init);
        Unpacking.EnsureUnpacked(directory.Path);
        Assert.Equal(content, File.ReadAllBytes(init));

        File.WriteAllBytes(init, []);
        Unpacking.EnsureUnpacked(directory.Path);
        Assert.Equal(content, File.ReadAllBytes(init));
    }

    [Fact]
    public async Task EnsureUnpacked_ManyAtOnce_AllSucceed()
    {
        using var directory = new TemporaryFolder();
        string[] folders = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Unpacking.EnsureUnpacked(directory.Path))));
        Assert.Single(folders.Distinct());
        Assert.Equal(Unpacking.Names.Count, Directory.EnumerateFileSystemEntries(folders[0]).Count());
    }

    [Fact]
    public async Task Programs_Each_AreSmallStaticAndForEveryone()
    {
        using var directory = new TemporaryFolder();
        string folder = Unpacking.EnsureUnpacked(directory.Path);
        Assert.True(File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute), "every user passes through the folder");
        foreach (string name in Unpacking.Names)
        {
            string path = Path.Combine(folder, name);
            Assert.InRange(new FileInfo(path).Length, 1, SizeBytesMax);
            Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(path));
            Assert.DoesNotContain("INTERP", await Tool.RunAsync("readelf", "--program-headers", "--wide", path));
        }
    }

    private static DateTime[] Times(string folder) => [.. Directory.EnumerateFiles(folder).Order().Select(File.GetLastWriteTimeUtc)];
}
