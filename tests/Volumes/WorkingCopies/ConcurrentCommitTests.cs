using Appliance.Tests.Metadata;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

public sealed class ConcurrentCommitTests
{
    [MountFact]
    public async Task Commits_ToOneVolume_MergeFilesAndTheLastWinsEach()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("both", "0"), ("d/first", "0"), ("d/second", "0"));
        VolumeWorkingCopy one = await rig.OpenAsync(volume);
        VolumeWorkingCopy two = await rig.OpenAsync(volume, "two");
        foreach ((VolumeWorkingCopy copy, string own) in new[] { (one, "first"), (two, "second") })
        {
            await File.WriteAllTextAsync(copy.At("both"), own);
            await File.WriteAllTextAsync(copy.At($"d/{own}"), own);
            await File.WriteAllTextAsync(copy.At($"{own} alone"), own);
        }

        await two.CommitAsync();
        await one.CommitAsync();

        Assert.Equal("first", await rig.Volumes.ReadAsync(volume, "both"));
        Assert.Equal("first", await rig.Volumes.ReadAsync(volume, "d/first"));
        Assert.Equal("second", await rig.Volumes.ReadAsync(volume, "d/second"));
        Assert.Equal(["both", "d", "d/first", "d/second", "first alone", "second alone"], rig.Volumes.Names(volume).Order());
        Assert.Null((await two.CommitAsync()).Version);
        Assert.Equal("first", await rig.Volumes.ReadAsync(volume, "both"));
    }

    [MountFact]
    public async Task Removal_OfADirectory_LeavesWhatOthersPutThereSince()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("d/a", "0"), ("d/e/b", "0"), ("x/a", "0"));
        VolumeWorkingCopy one = await rig.OpenAsync(volume);
        Directory.Delete(one.At("d"), recursive: true);
        Directory.Delete(one.At("x"), recursive: true);
        Directory.CreateDirectory(one.At("x"));
        await File.WriteAllTextAsync(one.At("x/own"), "1");
        await rig.Volumes.PutAsync(volume, ("d/e/new", "1"), ("x/new", "1"), ("d/a", "changed"));

        await one.CommitAsync();
        Assert.Equal(["d", "d/e", "d/e/new", "x", "x/new", "x/own"], rig.Volumes.Names(volume).Order(StringComparer.Ordinal));
    }

    [MountFact]
    public async Task Commit_OfAFileWhereOthersMadeADirectory_AndBack_Wins()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy one = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(one.At("file"), "1");
        Directory.CreateDirectory(one.At("directory/deep"));
        await File.WriteAllTextAsync(one.At("directory/deep/file"), "1");
        await rig.Volumes.PutAsync(volume, ("file/a/b", "0"), ("directory", "0"));

        await one.CommitAsync();
        Assert.Equal(["directory", "directory/deep", "directory/deep/file", "file"], rig.Volumes.Names(volume).Order(StringComparer.Ordinal));
    }

    [MountFact]
    public async Task Directory_MadeAnewWithMovedContents_KeepsThem()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("d/base", "0"));
        VolumeWorkingCopy one = await rig.OpenAsync(volume);
        Directory.CreateDirectory(one.At("d/sub/deep"));
        await File.WriteAllTextAsync(one.At("d/sub/deep/file"), "1");
        await one.CommitAsync();
        Directory.Move(one.At("d/sub"), one.At("aside"));
        Directory.Delete(one.At("d"), recursive: true);
        Directory.CreateDirectory(one.At("d"));
        Directory.Move(one.At("aside"), one.At("d/sub"));

        await one.CommitAsync();
        Assert.Equal(["d", "d/sub", "d/sub/deep", "d/sub/deep/file"], rig.Volumes.Names(volume).Order(StringComparer.Ordinal));
    }
}
