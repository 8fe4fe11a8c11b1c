using Appliance.Blocks;
using Appliance.Blocks.Disk;
using Appliance.Core.Digests;
using Appliance.Core.Errors;

namespace Appliance.Tests.Blocks;

public sealed class BlockDiskTests : IAsyncLifetime
{
    private readonly StoreFixture fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await fixture.DisposeAsync();

    [Fact]
    public void Open_StoreIsOpenAlready_IsRefused() => Assert.Equal(
        ErrorKind.FailedPrecondition,
        Assert.Throws<ApplianceException>(
            () => BlockStore.Open(fixture.Directory, fixture.References, TimeProvider.System)).Kind);

    [Fact]
    public async Task Open_LeftoversOfACrash_AreCleared()
    {
        File.WriteAllText(Path.Combine(fixture.Directory, "tmp", "1"), "half");
        File.WriteAllText(Path.Combine(fixture.Directory, "trash", "x"), "gone");
        await fixture.ReopenAsync();
        Assert.Empty(fixture.FilesIn("tmp"));
        Assert.Empty(fixture.FilesIn("trash"));
    }

    [Fact]
    public async Task List_ForeignFiles_AreNotBlocks()
    {
        await fixture.PutAsync([1, 2]);
        File.WriteAllText(Path.Combine(fixture.Directory, "00", "notes.txt"), "mine");
        Assert.Equal(new BlockUsage(1, 2), fixture.Store.ReadUsage());
        await fixture.Store.CollectAsync(TimeSpan.Zero, default);
        Assert.Single(fixture.FilesIn("00"));
    }

    /// <summary>The format on disk: stores written by earlier versions lie like this.</summary>
    [Fact]
    public async Task Block_Path_IsFrozen()
    {
        await fixture.PutAsync("hello"u8.ToArray());
        string path = Path.Combine(
            fixture.Directory, "2c", "f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
        Assert.Equal("hello", await File.ReadAllTextAsync(path));
        Assert.Equal(0x2c, BlockLayout.ShelfOf(Digest.Of("hello"u8)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path) & ~(UnixFileMode.GroupRead | UnixFileMode.OtherRead));
    }
}
