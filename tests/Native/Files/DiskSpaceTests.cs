using Appliance.Native.Files;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Native.Files;

public sealed class DiskSpaceTests
{
    [MountFact]
    public void Of_ADirectoryOfAMount_IsTheMountsOwn()
    {
        using var mount = new TestMount(sizeKib: 4096);
        string folder = Directory.CreateDirectory(Path.Combine(mount.Path, "folder")).FullName;
        Assert.Equal(4096 * 1024, DiskSpace.Of(folder).TotalBytes);
        Assert.Equal("tmpfs", DiskSpace.Of(folder).Format);

        File.WriteAllBytes(Path.Combine(folder, "file"), new byte[1024 * 1024]);

        Assert.Equal(3 * 1024 * 1024, DiskSpace.Of(folder).FreeBytes);
        Assert.Equal(DiskSpace.Of(folder), DiskSpace.Of(Path.Combine(folder, "file")));
    }

    [Fact]
    public void Of_NothingThere_Fails() =>
        Assert.Equal(2, Assert.ThrowsAny<IOException>(() => DiskSpace.Of("/nowhere/at/all")).HResult);
}
