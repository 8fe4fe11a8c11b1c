using Appliance.Core.Errors;
using Appliance.Tests.Metadata;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

public sealed class WorkingCopyTests
{
    [MountFact]
    public async Task Commit_OfChanges_MakesThemTheNewestVersion()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("kept", "1"), ("changed", "2"), ("gone", "3"), ("d/gone too", "4"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);

        await File.WriteAllTextAsync(copy.At("changed"), "new text");
        await File.WriteAllTextAsync(copy.At("added"), "5");
        File.Delete(copy.At("gone"));
        Directory.Delete(copy.At("d"), recursive: true);
        WorkingCopyCommit outcome = await copy.CommitAsync();

        Assert.Equal(["added", "changed", "kept"], rig.Volumes.Names(volume).Order());
        Assert.Equal("new text", await rig.Volumes.ReadAsync(volume, "changed"));
        Assert.Equal((2, 2), (outcome.Entries, outcome.Removals));
        Assert.Null((await copy.CommitAsync()).Version);
    }

    [MountFact]
    public async Task Reload_ShowsWhatOthersCommitted_AndNothingBefore()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy one = await rig.OpenAsync(volume);
        VolumeWorkingCopy two = await rig.OpenAsync(volume, "two");

        await File.WriteAllTextAsync(one.At("file"), "text");
        await one.CommitAsync();
        Assert.False(File.Exists(two.At("file")));

        await File.WriteAllTextAsync(two.At("own"), "mine");
        await two.ReloadAsync();
        Assert.Equal("text", await File.ReadAllTextAsync(two.At("file")));
        Assert.Equal("mine", await File.ReadAllTextAsync(two.At("own")));
        Assert.Equal(["file", "own"], rig.Volumes.Names(volume));

        File.Delete(two.At("file"));
        await two.ReloadAsync();
        Assert.False(File.Exists(two.At("file")));
        Assert.Equal(["own"], rig.Volumes.Names(volume));
    }

    [MountFact]
    public async Task Reload_WithAnOpenFile_IsRefusedAndNothingIsLost()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("file", "text"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("new"), "1");

        await using (File.OpenRead(copy.At("file")))
        {
            ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => copy.ReloadAsync());
            Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
            Assert.Contains("there are open files preventing the operation", failure.Message, StringComparison.Ordinal);
            Assert.Equal("1", await File.ReadAllTextAsync(copy.At("new")));
        }

        await copy.ReloadAsync();
        Assert.Equal("1", await File.ReadAllTextAsync(copy.At("new")));
    }

    [MountFact]
    public async Task Open_ReadOnly_RefusesWritesAndReloads()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("file", "old"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume, isReadOnly: true);

        const int readOnlyFileSystem = 30;
        IOException failure = await Assert.ThrowsAsync<IOException>(() => File.WriteAllTextAsync(copy.At("file"), "new"));
        Assert.Equal(readOnlyFileSystem, failure.HResult);
        Assert.Throws<IOException>(() => Directory.CreateDirectory(copy.At("d")));

        await rig.Volumes.PutAsync(volume, ("file", "new"));
        await copy.ReloadAsync();
        Assert.Equal("new", await File.ReadAllTextAsync(copy.At("file")));
        await rig.RestartAsync();
        copy = await rig.Copies.AdoptAsync("one", default);
        Assert.Equal("new", await File.ReadAllTextAsync(copy.At("file")));
    }

    [MountFact]
    public async Task Open_OfASubPath_MakesItAndStaysInIt()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("beside", "1"), ("a/old", "2"), ("a/file", "3"));
        VolumeWorkingCopy made = await rig.OpenAsync(volume, subPath: "x/y");
        VolumeWorkingCopy present = await rig.OpenAsync(volume, "two", "a");

        await File.WriteAllTextAsync(made.At("deep"), "deep");
        File.Delete(present.At("old"));
        Directory.CreateDirectory(present.At("sub"));
        await made.CommitAsync();
        await present.ReloadAsync();

        Assert.Equal(["a", "a/file", "a/sub", "beside", "x", "x/y", "x/y/deep"], rig.Volumes.Names(volume).Order(StringComparer.Ordinal));
        Assert.Equal(["file", "sub"], Directory.EnumerateFileSystemEntries(present.MountPoint).Select(Path.GetFileName).Order());
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.OpenAsync(volume, "three", "a/file"));
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
    }

    [MountFact]
    public async Task Commit_ToADeletedVolume_SaysSoAndTheContainerGoesOn()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("file", "text"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await rig.Volumes.DeleteVolumeAsync(volume);

        await File.WriteAllTextAsync(copy.At("new"), "1");
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => copy.CommitAsync());
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Contains(volume, failure.Message, StringComparison.Ordinal);
        Assert.Equal("text", await File.ReadAllTextAsync(copy.At("file")));
        await Assert.ThrowsAsync<ApplianceException>(() => copy.CloseAsync(CloseMode.Commit, default));
        Assert.False(Directory.Exists(Path.Combine(rig.Volumes.Path, "tasks", "one")));
    }

    [MountFact]
    public async Task Close_CommitsAndLeavesNothingBehind()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("file"), "text");
        await copy.CloseAsync(CloseMode.Commit, default);

        Assert.Equal("text", await rig.Volumes.ReadAsync(volume, "file"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(copy.MountPoint)));
        Assert.False(Directory.Exists(Path.Combine(rig.Volumes.Path, "tasks", "one")));
        await Assert.ThrowsAsync<ApplianceException>(() => copy.CommitAsync());
    }

    [MountFact]
    public async Task Commit_OfWhatNoVolumeHolds_SkipsAndTells()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("was a file", "1"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        File.Delete(copy.At("was a file"));
        TestDirectory.Run("mkfifo", copy.At("was a file"), copy.At("pipe"));
        TestDirectory.Run("sh", "-c", $"cd '{copy.MountPoint}' && touch $(printf 'bad\\377')");
        await File.WriteAllTextAsync(copy.At("file"), "text");

        WorkingCopyCommit outcome = await copy.CommitAsync();

        Assert.Equal(["file"], rig.Volumes.Names(volume));
        Assert.Equal(3, outcome.Skipped.Count);
    }

    [MountFact]
    public async Task Remove_ThatOthersMade_IsNotUndoneByOpeningTheFile()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("file", "text"), ("other", "text"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await using (new FileStream(copy.At("file"), FileMode.Open, FileAccess.ReadWrite))
        {
        }

        await rig.Volumes.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Read("file"), false));
        await copy.CommitAsync();
        Assert.Equal(["other"], rig.Volumes.Names(volume));
    }
}
