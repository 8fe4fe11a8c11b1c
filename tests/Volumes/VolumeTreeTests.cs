using Appliance.Contents;
using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;
using Appliance.Native.Mounts;
using Appliance.Tests.Metadata;
using Appliance.Volumes;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;
using Appliance.Volumes.Trees;

namespace Appliance.Tests.Volumes;

public sealed class VolumeTreeTests
{
    [MountFact]
    public async Task Mount_AfterEachOfManyCommits_ShowsExactlyTheNewestVersion()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        var random = new Random(7);
        for (int round = 0; round < 60; round++)
        {
            await ChangeAsync(rig, volume, random, round);
            await CompareAsync(rig, volume);
        }

        Assert.InRange(LayersOf(rig, volume).Count, 1, 12);
    }

    [MountFact]
    public async Task Commit_OfOneFileIntoAThousand_BuildsALayerOfOne()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.CommitAsync(volume, scope => VolumeRig.Puts(scope, Enumerable.Range(0, 1000).Select(n => ($"f{n}", FileContent.Empty))));
        (await rig.Trees.OpenViewAsync(volume, default)).Dispose();

        await rig.PutAsync(volume, ("f7", "changed"));
        using VolumeView view = await rig.Trees.OpenViewAsync(volume, default);

        Assert.Equal([1000, 1], LayersOf(rig, volume).Select(layer => layer.EntryCount));
        Assert.Equal(["f7"], Directory.EnumerateFileSystemEntries(view.Layers[0]).Select(Path.GetFileName));
    }

    [MountFact]
    public async Task View_HeldWhileItsLayersAreReplaced_StaysReadable()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("a", "old"));
        VolumeView old = await rig.Trees.OpenViewAsync(volume, default);
        await rig.PutAsync(volume, ("a", "new"), ("b", "1"), ("c", "2"));
        (await rig.Trees.OpenViewAsync(volume, default)).Dispose();

        Assert.Equal("old", await File.ReadAllTextAsync(Path.Combine(old.Layers[0], "a")));

        old.Dispose();
        Assert.False(Directory.Exists(old.Layers[0]));
    }

    [MountFact]
    public async Task Mount_OfASubPath_ShowsThatDirectoryThroughAllLayers()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, [.. Enumerable.Range(0, 50).Select(n => ($"d/e/{n}", "x")), ("gone/x", "y")]);
        (await rig.Trees.OpenViewAsync(volume, default)).Dispose();
        await rig.PutAsync(volume, ("d/e/new", "1"));
        await rig.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Read("gone"), isRecursive: true));
        using VolumeView view = await rig.Trees.OpenViewAsync(volume, default);
        using var target = new TestDirectory();

        using (VolumeMount.MountReadOnly(view, target.Path, VolumePath.Read("d/e")))
        {
            Assert.Equal(51, Directory.EnumerateFiles(target.Path).Count());
            Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(target.Path, "more"), ""));
        }

        foreach (string missing in new[] { "gone", "d/e/new", "none" })
        {
            ApplianceException failure = Assert.Throws<ApplianceException>(() => VolumeMount.MountReadOnly(view, target.Path, VolumePath.Read(missing)));
            Assert.Equal(ErrorKind.NotFound, failure.Kind);
        }
    }

    [MountFact]
    public async Task Mount_Writable_KeepsChangesOutOfTheVolume()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("a", "old"));
        using VolumeView view = await rig.Trees.OpenViewAsync(volume, default);
        using var place = new TestDirectory();
        string[] parts = [.. new[] { "target", "changes", "work" }.Select(name => Directory.CreateDirectory(Path.Combine(place.Path, name)).FullName)];

        using (VolumeMount.MountWritable(view, parts[0], VolumePath.Root, parts[1], parts[2]))
        {
            await File.WriteAllTextAsync(Path.Combine(parts[0], "a"), "changed");
            Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(parts[0], "a")));
        }

        Assert.Equal("old", await rig.ReadAsync(volume, "a"));
        Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(parts[1], "a")));
    }

    [MountFact]
    public async Task Place_FilesOfSeveralModes_KeepsEachWithoutTouchingTheOthers()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        using ContentLease lease = await rig.UploadAsync([1, 2, 3]);
        int[] modes = [0x1A4, 0x1ED, 0x180, 0x1ED];
        foreach ((int mode, int index) in modes.Select((mode, index) => (mode, index)))
        {
            await rig.CommitAsync(volume, scope => VolumeRig.Puts(scope, [($"f{index}", lease.Content)], mode));
        }

        using VolumeView view = await rig.Trees.OpenViewAsync(volume, default);
        using var target = new TestDirectory();
        using (VolumeMount.MountReadOnly(view, target.Path, VolumePath.Root))
        {
            Assert.Equal(modes, modes.Select((_, index) => (int)File.GetUnixFileMode(Path.Combine(target.Path, $"f{index}"))));
        }
    }

    [MountFact]
    public async Task Open_LayersOfAnEarlierBootThatWereNotSynced_AreBuiltAgain()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("a", "text"));
        using (VolumeView view = await rig.Trees.OpenViewAsync(volume, default))
        {
            File.Delete(Path.Combine(view.Layers[0], "a"));
        }

        while (LayersOf(rig, volume).Any(layer => layer.BootId is not null))
        {
            await Task.Delay(10);
        }

        VolumeRecord record = rig.Store.Read(read => VolumeCatalog.Get(read, volume));
        await rig.Store.WriteAsync(write =>
        {
            VolumeLayerRecord layer = VolumeLayers.List(write, record.Key).Single();
            VolumeLayers.Add(write, record.Key, layer with { BootId = "another boot" });
        });
        await rig.ReopenAsync();

        await CompareAsync(rig, volume);
    }

    private static List<VolumeLayerRecord> LayersOf(VolumeRig rig, string volume) =>
        rig.Store.Read(read => VolumeLayers.List(read, VolumeCatalog.Get(read, volume).Key));

    private static async Task ChangeAsync(VolumeRig rig, string volume, Random random, int round)
    {
        string[] names = [.. rig.Names(volume)];
        if (names.Length > 20 && random.Next(3) == 0)
        {
            string gone = names[random.Next(names.Length)];
            await rig.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Read(gone), isRecursive: true));
            if (random.Next(2) == 0)
            {
                // What was a directory may become a file, and the other way round.
                await rig.PutAsync(volume, (random.Next(2) == 0 ? gone : gone + "/again", $"{round}"));
            }

            return;
        }

        int count = random.Next(4) == 0 ? 30 : 2;
        await rig.PutAsync(volume, [.. Enumerable.Range(0, count).Select(_ => ($"d{random.Next(4)}/e{random.Next(3)}/f{random.Next(40)}", $"{random.Next(50)}"))]);
    }

    private static async Task CompareAsync(VolumeRig rig, string volume)
    {
        using VolumeView view = await rig.Trees.OpenViewAsync(volume, default);
        using var target = new TestDirectory();
        using FileSystemMount mount = VolumeMount.MountReadOnly(view, target.Path, VolumePath.Root);
        List<VolumeEntryRecord> entries = rig.List(volume);
        string[] shown = [.. Directory.EnumerateFileSystemEntries(target.Path, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(target.Path, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(entries.Select(entry => entry.Path).Order(StringComparer.Ordinal), shown);
        foreach (VolumeEntryRecord entry in entries.Where(entry => entry.Kind == VolumeEntryKind.File))
        {
            Assert.Equal(await rig.ReadAsync(volume, entry.Path), await File.ReadAllTextAsync(Path.Combine(target.Path, entry.Path)));
        }
    }
}
