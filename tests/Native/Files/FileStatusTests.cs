using Appliance.Native.Files;
using Appliance.Tests.EndToEnd;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Native.Files;

public sealed class FileStatusTests
{
    [Fact]
    public void Find_OfEachKind_TellsWhatItIs()
    {
        using var scratch = new DataFolder();
        string At(string name) => Path.Combine(scratch.Path, name);
        File.WriteAllText(At("file"), "12345");
        File.SetUnixFileMode(At("file"), (UnixFileMode)0b110_100_000);
        File.SetLastWriteTimeUtc(At("file"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1234567));
        File.CreateSymbolicLink(At("link"), "nowhere");
        TestDirectory.Run("ln", At("file"), At("twin"));
        TestDirectory.Run("mkfifo", At("pipe"));

        FileStatus file = FileStatus.Find(At("file"))!.Value;

        Assert.Equal((FileKind.File, 0b110_100_000, 2L, 5L), (file.Kind, file.Mode, file.LinkCount, file.SizeBytes));
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567), file.ModifiedAt);
        Assert.Equal(FileKind.SymbolicLink, FileStatus.Find(At("link"))!.Value.Kind);
        Assert.Equal(FileKind.Directory, FileStatus.Find(scratch.Path)!.Value.Kind);
        Assert.Equal(FileKind.Special, FileStatus.Find(At("pipe"))!.Value.Kind);
        Assert.Null(FileStatus.Find(At("none")));
        Assert.Null(FileStatus.Find(At("file/below")));
    }

    [Fact]
    public void TryOpenUnfollowed_OfALink_Refuses()
    {
        using var scratch = new DataFolder();
        File.CreateSymbolicLink(Path.Combine(scratch.Path, "link"), "/etc/passwd");

        Assert.ThrowsAny<IOException>(() => PosixFile.TryOpenUnfollowed(Path.Combine(scratch.Path, "link")));
        Assert.Null(PosixFile.TryOpenUnfollowed(Path.Combine(scratch.Path, "none")));
    }
}
