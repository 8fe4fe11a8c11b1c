using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;

namespace Appliance.Tests.Volumes;

public sealed class VolumeCommitTests
{
    [Fact]
    public async Task Put_FilesInDirectories_AreListedEachDirectoryBeforeWhatItHolds()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();

        await rig.PutAsync(volume, ("b/x", "1"), ("b-/y", "2"), ("/b/c/z", "3"), ("a", "4"));

        Assert.Equal(["a", "b", "b-", "b/c", "b/x", "b-/y", "b/c/z"], rig.Names(volume));
        Assert.Equal(["b/c", "b/x"], rig.List(volume, "b", isRecursive: false).Select(entry => entry.Path));
        Assert.Equal(["b/x"], rig.Names(volume, "b/x"));
        Assert.Equal("3", await rig.ReadAsync(volume, "b/c/z"));
    }

    [Fact]
    public async Task Put_TheSamePathAgain_ReplacesItAndGivesTheOldContentBack()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        byte[] large = new byte[9_000_000];
        large[^1] = 1;
        using (ContentLease lease = await rig.UploadAsync(large))
        {
            await rig.CommitAsync(volume, scope => VolumeRig.Puts(scope, [("f", lease.Content)]));
        }

        await rig.PutAsync(volume, ("f", "new"));
        using (await rig.Trees.OpenViewAsync(volume, default))
        {
            await rig.Purger.PurgeAsync(volume, default);
        }

        Assert.Equal("new", await rig.ReadAsync(volume, "f"));
        Assert.Equal(1, rig.Store.Read(ContentRows.ReadUsage).UnreferencedCount);
        Assert.Equal(1, await rig.Contents.Collector.CollectAsync(DateTimeOffset.MaxValue, default));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(rig.Path, "contents"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Put_BelowAFileOrOverADirectory_IsRefusedAndNothingIsVisible()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("a", "1"), ("d/x", "2"));

        ApplianceException below = await Assert.ThrowsAsync<ApplianceException>(() => rig.PutAsync(volume, ("new", "3"), ("a/b", "4")));
        ApplianceException over = await Assert.ThrowsAsync<ApplianceException>(() => rig.PutAsync(volume, ("new", "3"), ("d", "4")));

        Assert.Equal((ErrorKind.FailedPrecondition, ErrorKind.FailedPrecondition), (below.Kind, over.Kind));
        Assert.Equal(["a", "d", "d/x"], rig.Names(volume));
    }

    [Fact]
    public async Task Commit_OfManyFilesThatFails_LeavesNothingBehind()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("f1", "old"));

        // Long enough for several transactions, the first of which replaces and ends entries.
        IEnumerable<CommitStep> Plan(CommitScope scope)
        {
            foreach (CommitStep step in VolumeRig.Puts(scope, Enumerable.Range(0, 2000).Select(n => ($"f{n}", FileContent.Empty))))
            {
                yield return step;
            }

            throw new ApplianceException(ErrorKind.InvalidArgument, "wrong");
        }

        await Assert.ThrowsAsync<ApplianceException>(() => rig.CommitAsync(volume, Plan));

        Assert.Equal(["f1"], rig.Names(volume));
        Assert.Equal("old", await rig.ReadAsync(volume, "f1"));
        Assert.False(rig.Store.Read(read => VolumeRows.Find(read, volume))!.IsStaging);
        await rig.CommitAsync(volume, scope => VolumeRig.Puts(scope, Enumerable.Range(0, 2000).Select(n => ($"f{n}", FileContent.Empty))));
        Assert.Equal(2000, rig.List(volume).Count);
    }

    [Fact]
    public async Task Open_AfterACommitThatWasCutShort_ShowsTheVersionBefore()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("f", "old"));
        await rig.Store.WriteAsync(write =>
        {
            VolumeRecord before = VolumeCatalog.Get(write, volume);
            var scope = new CommitScope(before);
            scope.Enter(write);
            scope.Remove(VolumePath.Read("f"));
            scope.PutFile(VolumePath.Read("half"), FileContent.Empty, 0);
            VolumeRows.BeginCommit(write, before.Key);
        });
        Assert.Equal(["f"], rig.Names(volume));

        await rig.ReopenAsync();

        Assert.Equal(["f"], rig.Names(volume));
        await rig.PutAsync(volume, ("g", "new"));
        Assert.Equal(["f", "g"], rig.Names(volume));
        Assert.Equal("old", await rig.ReadAsync(volume, "f"));
    }

    [Fact]
    public async Task Commits_AtTheSameTime_MergePerFileAndTheLastOneWins()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => rig.PutAsync(volume, ($"own/{n}", $"{n}"), ("shared", $"{n}"), ("twin", $"{n}"))));

        Assert.Equal(40, rig.List(volume, "own").Count);
        Assert.Equal(await rig.ReadAsync(volume, "shared"), await rig.ReadAsync(volume, "twin"));
        Assert.Equal(40, VolumeOf(rig, volume).Head);
    }

    [Fact]
    public async Task List_WhileTheVolumeChanges_ShowsTheVersionItBeganWith()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.CommitAsync(volume, scope => VolumeRig.Puts(scope, Enumerable.Range(0, 1500).Select(n => ($"f{n:d4}", FileContent.Empty))));
        using var pin = rig.Pins.Pin(read => VolumeCatalog.Get(read, volume));
        using IEnumerator<List<VolumeEntryRecord>> pages =
            new Appliance.Volumes.Reading.VolumeReader(rig.Store).List(pin, VolumePath.Root, isRecursive: true).GetEnumerator();
        Assert.True(pages.MoveNext());
        int count = pages.Current.Count;

        await rig.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Root, isRecursive: true));
        await rig.Purger.PurgeAsync(volume, default);
        while (pages.MoveNext())
        {
            count += pages.Current.Count;
        }

        Assert.Equal(1500, count);
        Assert.Empty(rig.List(volume));
    }

    private static VolumeRecord VolumeOf(VolumeRig rig, string volume) => rig.Store.Read(read => VolumeCatalog.Get(read, volume));
}
