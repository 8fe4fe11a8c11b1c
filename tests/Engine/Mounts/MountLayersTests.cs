using System.Text;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Mounts;
using Appliance.Metadata.Objects;
using Appliance.Mounts;
using Appliance.Objects;
using Appliance.Tests.Images;
using Appliance.Tests.Machine;
using Appliance.Tests.Volumes;

namespace Appliance.Tests.Engine.Mounts;

public sealed class MountLayersTests : IAsyncLifetime
{
    private static readonly ImageId Image = ObjectId.Mint<ImageId>();

    private readonly TemporaryFolder folder = new();
    private VolumeRig rig = null!;
    private MountLayers layers = null!;

    public async Task InitializeAsync()
    {
        rig = await VolumeRig.OpenAsync();
        layers = Open();
    }

    [Fact]
    public async Task Open_OfEqualMounts_LinksTheSameFilesOnce()
    {
        string first = await CreateAsync(("/root/app/main.py", "print(1)", 0x1A4), ("/root/run", "#!/bin/sh", 0x1ED), ("/root/empty", "", 0x1A4));
        string second = await CreateAsync(("/root/app/main.py", "print(1)", 0x1A4), ("/root/run", "#!/bin/sh", 0x1ED), ("/root/empty", "", 0x1A4));

        using MountHold one = await OpenAsync([first], ImageWith("root"));
        using MountHold two = await OpenAsync([second], ImageWith("root"));

        Assert.Equal(one.Layers, two.Layers);
        string layer = Assert.Single(one.Layers);
        Assert.Equal("print(1)", File.ReadAllText($"{layer}/root/app/main.py"));
        Assert.True(File.GetUnixFileMode($"{layer}/root/run").HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal("", File.ReadAllText($"{layer}/root/empty"));
        Assert.Equal("/root", Assert.Single(one.Directories).Path);
    }

    [Fact]
    public async Task Open_WhereTheImageHasALink_PutsFilesWhereItLeads()
    {
        string mount = await CreateAsync(("/bin/tool", "tool", 0x1ED), ("/bin/new/deep", "deep", 0x1A4));
        string image = ImageWith("usr/bin");
        File.CreateSymbolicLink($"{image}/bin", "usr/bin");

        using MountHold hold = await OpenAsync([mount], image);

        string layer = Assert.Single(hold.Layers);
        Assert.Equal("tool", File.ReadAllText($"{layer}/usr/bin/tool"));
        Assert.Equal("deep", File.ReadAllText($"{layer}/usr/bin/new/deep"));
        Assert.False(Path.Exists($"{layer}/bin"));
        Assert.Equal(["/usr", "/usr/bin"], hold.Directories.Select(directory => directory.Path));
    }

    [RootFact]
    public async Task Open_OverSeveralImageLayers_SeesThemAsOne()
    {
        string mount = await CreateAsync(("/lib/a", "a", 0x1A4));
        string lower = ImageWith("lib");
        string upper = ImageWith("usr/lib");
        Directory.Delete($"{lower}/lib");
        File.CreateSymbolicLink($"{lower}/lib", "usr/lib");

        using MountHold hold = await layers.OpenAsync(rig.Caller, [mount], Image, [upper, lower], default);

        Assert.Equal("a", File.ReadAllText($"{Assert.Single(hold.Layers)}/usr/lib/a"));
        Assert.Empty(Directory.GetDirectories(Path.Combine(folder.Path, "lookups")));
    }

    [Fact]
    public async Task Open_BelowAFileOfTheImage_SaysWhichIsInTheWay()
    {
        string mount = await CreateAsync(("/etc/passwd/x", "x", 0x1A4));
        string image = ImageWith("etc");
        File.WriteAllText($"{image}/etc/passwd", "root");

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => OpenAsync([mount], image));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains("'/etc/passwd'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_OfAnUnknownMount_IsNotFound()
    {
        string unknown = ObjectId.Mint<MountId>().Text;
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => OpenAsync([unknown], ImageWith("root")));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
    }

    [Fact]
    public async Task Sweep_AfterARestart_KeepsWhatMountsOrContainersNeed()
    {
        string kept = await CreateAsync(("/a", "kept", 0x1A4));
        string shown = await CreateAsync(("/a", "shown", 0x1A4));
        string gone = await CreateAsync(("/a", "gone", 0x1A4));
        string[] opened = [.. (await OpenAsync([kept, shown, gone], ImageWith("root"))).Layers];
        string earlier = Directory.CreateDirectory(Path.Combine(folder.Path, "mounts/earlier-boot/x")).FullName;
        await DeleteAsync(shown);
        await DeleteAsync(gone);

        layers = Open();
        MountHold resumed = layers.Resume([opened[1]]);
        layers.Sweep();

        Assert.Equal(["shown", "kept"], opened.Where(Directory.Exists).Select(layer => File.ReadAllText($"{layer}/a")));
        Assert.False(Directory.Exists(earlier));
        resumed.Dispose();
        Assert.False(Directory.Exists(opened[1]), "The last container that showed a deleted mount has ended.");
    }

    public async Task DisposeAsync()
    {
        await rig.DisposeAsync();
        folder.Dispose();
    }

    private MountLayers Open() => new(rig.Store, rig.Trees, Path.Combine(folder.Path, "mounts"), Path.Combine(folder.Path, "lookups"));

    private Task<MountHold> OpenAsync(string[] mounts, string image) => layers.OpenAsync(rig.Caller, mounts, Image, [image], default);

    private string ImageWith(string directory)
    {
        string root = Path.Combine(folder.Path, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(root, directory));
        return root;
    }

    private async Task<string> CreateAsync(params (string Path, string Text, int Mode)[] files)
    {
        List<MountFile> stored = [];
        List<ContentLease> leases = [];
        foreach ((string path, string text, int mode) in files)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            leases.Add(await rig.Contents.Importer.ImportAsync(bytes, null, default));
            stored.Add(new MountFile(path, mode, Digest.Of(bytes), leases[^1].Content));
        }

        string id = await rig.Store.WriteAsync(write =>
        {
            ObjectRecord record = ObjectDirectory.Create<MountId>(write, rig.Caller, new ObjectRequest("", "", CreationMode.Ephemeral));
            MountDirectory.Create(write, record, stored);
            return record.Id;
        });
        leases.ForEach(lease => lease.Dispose());
        return id;
    }

    private async Task DeleteAsync(string mount) => await rig.Store.WriteAsync(write =>
    {
        ObjectDirectory.Delete<MountId>(write, rig.Caller, mount);
        return new MountDirectory(MountId.Prefix).RemoveSome(write, mount);
    });
}
