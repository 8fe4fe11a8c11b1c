using System.Text;
using Appliance.Contents;
using Appliance.Metadata.Volumes;
using Appliance.Tests.Metadata;
using Appliance.Volumes;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>Does the same to a working copy and to a plain directory, and compares the version that a commit makes.</summary>
public sealed class WorkingCopyModelTests
{
    private const int Rounds = 25;
    private const int ChangesPerRound = 14;

    [MountTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Commit_AfterRandomChanges_EqualsAPlainDirectory(int seed)
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        using var plain = new TestDirectory();
        string volume = await rig.Volumes.CreateVolumeAsync();
        await rig.OpenAsync(volume);
        var random = new Random(seed);
        for (int round = 0; round < Rounds; round++)
        {
            for (int change = 0; change < ChangesPerRound; change++)
            {
                RandomChange.Of(random, plain.Path).ApplyTo(plain.Path, rig.Copies.Find("one")!.MountPoint);
            }

            await DisturbAsync(rig, random, plain.Path);
            await rig.Copies.Find("one")!.CommitAsync();
            await CompareAsync(rig, volume, plain.Path, $"seed {seed}, round {round}");
        }

        await rig.Copies.Find("one")!.CloseAsync(CloseMode.Commit, default);
        await CompareAsync(rig, volume, plain.Path, $"seed {seed}, closed");
    }

    /// <summary>What may happen at any time: a commit that is cut short, a new process, a reload.</summary>
    private static async Task DisturbAsync(WorkingCopyRig rig, Random random, string plain)
    {
        VolumeWorkingCopy copy = rig.Copies.Find("one")!;
        switch (random.Next(6))
        {
            case 0:
                using (var cut = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(12))))
                {
                    try
                    {
                        await copy.CommitAsync(CommitOccasion.Requested, cut.Token);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                }

                break;
            case 1:
                await rig.RestartAsync();
                await rig.Copies.AdoptAsync("one", default);
                break;
            case 2:
                await copy.ReloadAsync();
                RandomChange.SeparateNames(plain);
                break;
        }
    }

    private static async Task CompareAsync(WorkingCopyRig rig, string volume, string plain, string when)
    {
        string[] expected = [.. RandomChange.List(plain).Select(path => RandomChange.Describe(plain, path)).Order(StringComparer.Ordinal)];
        List<string> found = [];
        foreach (VolumeEntryRecord entry in rig.Volumes.List(volume))
        {
            found.Add(await DescribeAsync(rig, entry));
        }

        found.Sort(StringComparer.Ordinal);
        Assert.True(expected.SequenceEqual(found), $"{when}: missing [{string.Join("; ", expected.Except(found))}], too much [{string.Join("; ", found.Except(expected))}]");
    }

    private static async Task<string> DescribeAsync(WorkingCopyRig rig, VolumeEntryRecord entry)
    {
        if (entry.Kind != VolumeEntryKind.File)
        {
            return entry.Kind == VolumeEntryKind.Directory ? $"{entry.Path}/ {Convert.ToString(entry.Mode, 8)}" : $"{entry.Path} -> {entry.Target}";
        }

        FileContent content = VolumeEntry.ContentOf(entry);
        using var bytes = new MemoryStream();
        await using Stream stored = rig.Volumes.Contents.OpenChecked(content);
        await stored.CopyToAsync(bytes);
        return $"{entry.Path} {Convert.ToString(entry.Mode, 8)} {Encoding.Latin1.GetString(bytes.ToArray())}";
    }
}
