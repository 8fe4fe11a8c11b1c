using System.Diagnostics;
using Appliance.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Tests.Metadata;
using Appliance.Volumes;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

public sealed class LargeCommitTests
{
    [MountFact]
    public async Task Commit_OfOneChangeAmongManyFiles_ReadsThatOneOnly()
    {
        const int count = 20_000;
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.Volumes.CommitAsync(volume, scope => VolumeRig.Puts(scope, Enumerable.Range(0, count).Select(n => ($"d{n / 500}/f{n}", FileContent.Empty))));
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("d3/f1600"), "changed");

        long start = Stopwatch.GetTimestamp();
        WorkingCopyCommit outcome = await copy.CommitAsync();
        TimeSpan took = Stopwatch.GetElapsedTime(start);

        Assert.Equal((1, 0), (outcome.Entries, outcome.Removals));
        Assert.True(took < TimeSpan.FromSeconds(2), $"One change took {took}.");
        Assert.Equal(count + (count / 500), rig.Volumes.Names(volume).Length);
    }

    [MountFact]
    public async Task Commit_OfManyFiles_IsNotRepeated()
    {
        const int count = 3000;
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        for (int number = 0; number < count; number++)
        {
            await File.WriteAllTextAsync(copy.At($"f{number}"), $"{number}");
        }

        Assert.Equal(count, (await copy.CommitAsync()).Entries);
        await File.WriteAllTextAsync(copy.At("f7"), "changed");
        File.Delete(copy.At("f8"));
        WorkingCopyCommit second = await copy.CommitAsync();
        Assert.Equal((1, 1, 7L), (second.Entries, second.Removals, second.Bytes));
        Assert.Equal(count - 1, rig.Volumes.Names(volume).Length);
    }

    [MountFact]
    public async Task Commit_OfASparseFile_TakesNoSpaceForItsHoles()
    {
        const long length = 4L << 30;
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await using (FileStream file = File.Create(copy.At("sparse")))
        {
            file.SetLength(length);
            file.Position = 3L << 30;
            file.Write("middle"u8);
        }

        await copy.CommitAsync();
        await copy.ReloadAsync();

        VolumeEntryRecord entry = Assert.Single(rig.Volumes.List(volume));
        Assert.Equal(length, entry.SizeBytes);
        var stored = Appliance.Native.Files.FileStatus.Find(rig.Volumes.Contents.Reader.PathOf(VolumeEntry.ContentOf(entry)));
        Assert.True(stored!.Value.AllocatedBytes < 32 << 20, $"{stored.Value.AllocatedBytes} bytes");
        await using FileStream shown = File.OpenRead(copy.At("sparse"));
        shown.Position = 3L << 30;
        byte[] read = new byte[6];
        await shown.ReadExactlyAsync(read);
        Assert.Equal("middle"u8.ToArray(), read);
    }

    [MountFact]
    public async Task BackgroundCommits_OfWhatChanges_MakeVersionsOnlyThen()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await using (new BackgroundCommits(copy, TimeSpan.FromMilliseconds(50), TimeProvider.System, rig.Reports.Add))
        {
            await File.WriteAllTextAsync(copy.At("file"), "text");
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (rig.Volumes.Names(volume) is [])
            {
                await Task.Delay(20, timeout.Token);
            }

            long head = HeadOf(rig, volume);
            await Task.Delay(500);
            Assert.Equal(head, HeadOf(rig, volume));
        }

        Assert.Empty(rig.Reports);
    }

    private static long HeadOf(WorkingCopyRig rig, string volume) => rig.Volumes.Store.Read(read => VolumeCatalog.Get(read, volume)).Head;
}
