using System.Diagnostics;
using Appliance.Native.Files;
using Xunit;

namespace Appliance.Tests.Native;

public sealed class FileLockTests : IDisposable
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("appliance-lock-").FullName, "LOCK");

    [Fact]
    public void TryTake_Held_IsNullUntilReleased()
    {
        using (FileLock held = FileLock.TryTake(path)!)
        {
            held.WriteText("a longer text");
            held.WriteText("holder");
            Assert.Null(FileLock.TryTake(path));
            Assert.Equal("holder", FileLock.ReadText(path));
        }

        using FileLock again = FileLock.TryTake(path)!;
        Assert.Equal("holder", again.ReadText());
    }

    [Fact]
    public void Dispose_ChildStillRunning_ReleasesTheLock()
    {
        FileLock held = FileLock.TryTake(path)!;
        using Process child = Process.Start("sleep", "60");
        held.Dispose();
        try
        {
            using FileLock? again = FileLock.TryTake(path);
            Assert.NotNull(again);
        }
        finally
        {
            child.Kill();
        }
    }

    [Fact]
    public async Task Dispose_WhileProgramsAreBeingStarted_ReleasesTheLock()
    {
        Task starting = Task.Run(async () =>
        {
            for (int count = 0; count < 50; count++)
            {
                using Process child = Process.Start("true");
                await child.WaitForExitAsync();
            }
        });
        do
        {
            FileLock? held = FileLock.TryTake(path);
            Assert.NotNull(held);
            held.Dispose();
        }
        while (!starting.IsCompleted);
        await starting;
    }

    [Fact]
    public void TryTake_NoSuchDirectory_IsAnIOExceptionWithErrno()
    {
        var failure = Assert.ThrowsAny<IOException>(() => FileLock.TryTake("/nowhere/LOCK"));
        Assert.Equal(2, failure.HResult);
    }

    [Fact]
    public void Flush_Directory_Succeeds() => DirectorySync.Flush(Path.GetDirectoryName(path)!);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
}
