using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Tests.Metadata;
using Appliance.Volumes.WorkingCopies;

namespace Appliance.Tests.Volumes.WorkingCopies;

/// <summary>Commits and reloads while processes have files open, or write to them.</summary>
public sealed class OpenFileTests
{
    [MountFact]
    public async Task Commit_WhileAFileIsWrittenOver_TakesNoMixtureOfTwoWrites()
    {
        const int length = 3 * 1024 * 1024;
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        using var stop = new CancellationTokenSource();
        byte last = 0;
        var begun = new TaskCompletionSource();
        Task writing = Task.Run(async () =>
        {
            await using var file = new FileStream(copy.At("file"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, 0);
            for (byte value = 1; !stop.IsCancellationRequested; value++)
            {
                byte[] bytes = new byte[length];
                bytes.AsSpan().Fill(value);
                RandomAccess.Write(file.SafeFileHandle, bytes, 0);
                last = value;
                begun.TrySetResult();
                await Task.Delay(value % 7 == 0 ? 60 : 0);
            }
        });
        await begun.Task;
        int versions = 0;
        for (int commits = 0; commits < 25; commits++)
        {
            if ((await copy.CommitAsync()).Version is not null)
            {
                versions++;
                string text = await rig.Volumes.ReadAsync(volume, "file");
                Assert.Contains(text.Length, new[] { 0, length });
                Assert.InRange(text.Distinct().Count(), 0, 1);
            }
        }

        await stop.CancelAsync();
        await writing;
        await copy.CloseAsync(CloseMode.Commit, default);
        string final = await rig.Volumes.ReadAsync(volume, "file");
        Assert.Equal(new string(Encoding.UTF8.GetString([last])[0], length), final);
        Assert.True(versions > 0);
    }

    [MountFact]
    public async Task Commit_WhileALogGrows_TakesItsBeginning()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        await File.WriteAllTextAsync(copy.At("log"), "");
        using Process writer = Process.Start("sh", ["-c", $"i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done >> {copy.At("log")}"]);
        string before = "";
        for (int commits = 0; commits < 5; commits++)
        {
            await copy.CommitAsync();
            string now = rig.Volumes.Names(volume).Length == 0 ? "" : await rig.Volumes.ReadAsync(volume, "log");
            Assert.StartsWith(before, now, StringComparison.Ordinal);
            before = now;
        }

        await writer.WaitForExitAsync();
        await copy.CloseAsync(CloseMode.Commit, default);
        Assert.EndsWith("line 19999\n", await rig.Volumes.ReadAsync(volume, "log"), StringComparison.Ordinal);
    }

    [MountFact]
    public async Task Store_ToMappedMemoryAfterACommit_IsCommittedAtTheEnd()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        using (MemoryMappedFile file = MemoryMappedFile.CreateFromFile(copy.At("map"), FileMode.Create, null, 4096))
        using (MemoryMappedViewAccessor view = file.CreateViewAccessor())
        {
            view.Write(0, (byte)'a');
            await copy.CommitAsync();
            Assert.StartsWith("a", await rig.Volumes.ReadAsync(volume, "map"), StringComparison.Ordinal);
            view.Write(0, (byte)'b');
            ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => copy.ReloadAsync());
            Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
            view.Write(0, (byte)'c');
        }

        await copy.CloseAsync(CloseMode.Commit, default);
        Assert.StartsWith("c", await rig.Volumes.ReadAsync(volume, "map"), StringComparison.Ordinal);
    }

    [MountFact]
    public async Task Reload_WithAWorkingDirectoryThere_IsRefused()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        Directory.CreateDirectory(copy.At("d"));
        using (Process sleeper = Process.Start(new ProcessStartInfo("sleep", ["100"]) { WorkingDirectory = copy.At("d") })!)
        {
            Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<ApplianceException>(() => copy.ReloadAsync())).Kind);
            sleeper.Kill();
            await sleeper.WaitForExitAsync();
        }

        await copy.ReloadAsync();
        Assert.True(Directory.Exists(copy.At("d")));
    }

    [MountFact]
    public async Task Link_PutInThePlaceOfADirectory_LeadsNowhere()
    {
        await using WorkingCopyRig rig = await WorkingCopyRig.OpenAsync();
        string volume = await rig.Volumes.CreateVolumeAsync();
        VolumeWorkingCopy copy = await rig.OpenAsync(volume);
        using Process swapper = Process.Start(
            "sh", ["-c", $"cd {copy.MountPoint}; while mkdir d; do echo own > d/passwd; mv d e; ln -s /etc d; rm -r d e; done"]);
        for (int commits = 0; commits < 10; commits++)
        {
            await copy.CommitAsync();
            if (rig.Volumes.Names(volume).Contains("d/passwd"))
            {
                Assert.Equal("own\n", await rig.Volumes.ReadAsync(volume, "d/passwd"));
            }

            Assert.DoesNotContain("d/hostname", rig.Volumes.Names(volume));
        }

        swapper.Kill();
        await swapper.WaitForExitAsync();
    }
}
