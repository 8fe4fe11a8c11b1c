using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;
using Appliance.Native.Mounts;
using Appliance.Tests.Metadata;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>What a killed server leaves, and what the next one makes of it.</summary>
public sealed class WorkingCopyCrashTests
{
    [MountFact]
    public async Task Adopt_AfterAKill_KeepsMountAndUncommittedChanges()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.PutAsync(volume, ("base", "0"));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("committed"), "1");
        await copy.CommitAsync();
        await File.WriteAllTextAsync(copy.At("uncommitted"), "2");
        File.Delete(copy.At("committed"));

        // The container reads on while other versions replace the layers below it.
        await rig.RestartAsync();
        await rig.Volumes.PutAsync(volume, ("base", "1"), ("more", "1"), ("and more", "1"));
        (await rig.Volumes.Trees.OpenViewAsync(volume, default)).Dispose();
        Assert.Equal("0", await File.ReadAllTextAsync(copy.At("base")));
        copy = await rig.Copies.AdoptAsync("one", default);
        await copy.CommitAsync();

        Assert.Equal(["and more", "base", "more", "uncommitted"], rig.Volumes.Names(volume).Order());
        await copy.ReloadAsync();
        Assert.Equal("1", await File.ReadAllTextAsync(copy.At("base")));
    }

    [MountFact]
    public async Task Sweep_OfAContainerThatIsGone_CommitsAndRemoves()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        string deleted = await rig.Volumes.CreateVolumeAsync("deleted");
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        VolumeWorkingCopy orphan = await rig.OpenAsync(deleted, "two");
        VolumeWorkingCopy alive = await rig.OpenAsync(volume, "three");
        await File.WriteAllTextAsync(copy.At("file"), "1");
        await File.WriteAllTextAsync(orphan.At("file"), "1");
        await File.WriteAllTextAsync(alive.At("other"), "1");
        await rig.Volumes.DeleteVolumeAsync(deleted);

        await rig.RestartAsync();
        await rig.Copies.SweepAsync(id => id == "three", rig.Reports.Add, default);

        Assert.Equal(["file"], rig.Volumes.Names(volume));
        Assert.Equal(["three"], Directory.EnumerateDirectories(Path.Combine(rig.Volumes.Path, "tasks")).Select(Path.GetFileName));
        Assert.Equal(ErrorKind.NotFound, Assert.IsType<ApplianceException>(Assert.Single(rig.Reports)).Kind);
        Assert.Equal("1", await File.ReadAllTextAsync(alive.At("other")));
        await rig.SweepAsync();
        Assert.Equal(["file", "other"], rig.Volumes.Names(volume));
    }

    [MountFact]
    public async Task Sweep_AfterACloseThatWasCutShort_FinishesIt()
    {
        const int count = 2000;
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        for (int number = 0; number < count; number++)
        {
            await File.WriteAllTextAsync(copy.At($"f{number}"), $"{number}");
        }

        using var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy.CloseAsync(CloseMode.Commit, cut.Token));
        await rig.Copies.SweepAsync(_ => true, rig.Reports.Add, default);

        Assert.Empty(rig.Reports);
        Assert.Equal(count, rig.Volumes.Names(volume).Length);
        Assert.Null(rig.Copies.Find("one"));
    }

    [MountFact]
    public async Task Adopt_AfterAKillBetweenVersionAndNote_CommitsNothingTwice()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("file"), "mine");
        string lists = Path.Combine(rig.Volumes.Path, "tasks", "one", "1");
        await copy.CommitAsync();

        // As if the last process had died before it removed the former list, and another while it wrote the next one.
        File.Copy(Path.Combine(lists, "committed.1"), Path.Combine(lists, "committed.0"));
        await File.WriteAllTextAsync(Path.Combine(lists, "committed.2"), "half a li");
        await rig.RestartAsync();
        await rig.Volumes.PutAsync(volume, ("file", "theirs"));
        copy = await rig.Copies.AdoptAsync("one", default);

        Assert.Null((await copy.CommitAsync()).Version);
        Assert.Equal("theirs", await rig.Volumes.ReadAsync(volume, "file"));
        Assert.Equal(["committed.1"], Directory.EnumerateFiles(lists).Select(Path.GetFileName));
        File.Delete(copy.At("file"));
        await copy.CommitAsync();
        Assert.Empty(rig.Volumes.Names(volume));
    }

    [MountTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Adopt_AfterAKillWithinAReload_MountsWhatWasNoted(bool isNoted)
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("file"), "1");
        await copy.CommitAsync();
        await File.WriteAllTextAsync(copy.At("late"), "2");
        string directory = Path.Combine(rig.Volumes.Path, "tasks", "one");
        Assert.True(FileSystemMount.TryUnmount(copy.MountPoint));
        if (isNoted)
        {
            // The rest was committed and the next generation prepared; only the mount was missing.
            await copy.CommitAsync();
            using var view = await rig.Volumes.Trees.OpenViewAsync(volume, default);
            Directory.CreateDirectory(Path.Combine(directory, "2/changes"));
            long[] layers = [.. view.Layers.Select(layer => long.Parse(Path.GetFileName(layer)))];
            await rig.Volumes.Store.WriteAsync(write => WorkingCopyRows.SetShown(write, "one", new ShownVersion(2, view.Version, layers)));
        }

        await rig.RestartAsync();
        copy = await rig.Copies.AdoptAsync("one", default);
        Assert.Equal(["file", "late"], Directory.EnumerateFiles(copy.MountPoint).Select(Path.GetFileName).Order());
        Assert.Equal([isNoted ? "2" : "1"], Directory.EnumerateDirectories(directory).Select(Path.GetFileName));
        await File.WriteAllTextAsync(copy.At("after"), "3");
        await copy.ReloadAsync();
        Assert.Equal(["after", "file", "late"], rig.Volumes.Names(volume).Order());
    }

    [MountFact]
    public async Task Sweep_OfAnEarlierBoot_DropsWhatWasNotCommitted()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.Store.WriteAsync(write => WorkingCopyRows.Add(
            write,
            new WorkingCopyRecord("old", volume, "", false, Path.Combine(rig.Volumes.Path, "tasks/old"), "/nowhere/room/old", "another boot", 0, new ShownVersion(1, 0, [1]))));
        Directory.CreateDirectory(Path.Combine(rig.Volumes.Path, "tasks/old/1/changes/d"));

        await Assert.ThrowsAsync<ApplianceException>(() => rig.Copies.AdoptAsync("old", default));
        await rig.SweepAsync();

        Assert.Empty(rig.Reports);
        Assert.Empty(rig.Volumes.Names(volume));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(rig.Volumes.Path, "tasks")));
        Assert.Empty(rig.Volumes.Store.Read(WorkingCopyRows.List));
    }
}
