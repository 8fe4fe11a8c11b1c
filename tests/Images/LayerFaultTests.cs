using System.IO.Compression;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Images.Archives;
using Appliance.Images.Layers;
using Appliance.Images.Layers.Unpacking;

namespace Appliance.Tests.Images;

/// <summary>Archives that mean harm, or are broken: an error that names the entry, and nothing anywhere.</summary>
public sealed class LayerFaultTests
{
    public static TheoryData<string, string> Hostile => new()
    {
        { "parent", "'../evil'" },
        { "deep parent", "'a/../../evil'" },
        { "through absolute link", "'a/evil'" },
        { "through relative link", "'a/evil'" },
        { "through link to directory", "'a/evil'" },
        { "hard link outside", "'a'" },
        { "hard link to nothing", "'a'" },
        { "hard link to link then write", "'a/x'" },
        { "below a file", "'a/b'" },
        { "disk", "'dev/sda'" },
        { "memory", "'dev/mem'" },
        { "whiteout of nothing", "'.wh.'" },
        { "whiteout of parent", "'.wh...'" },
        { "zero byte", "/a\\x00b'" },
        { "empty link", "'a'" },
        { "long name", "…" },
    };

    [RootTheory]
    [MemberData(nameof(Hostile))]
    public async Task Unpack_Hostile_NamesTheEntryAndWritesNothing(string what, string entry)
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(Build(what)));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(entry, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
        Assert.DoesNotContain(Directory.GetFiles(rig.Path, "evil", SearchOption.AllDirectories), _ => true);
        Assert.False(File.Exists("/tmp/evil"));
    }

    [RootFact]
    public async Task Unpack_AbsoluteNames_AreTheImagesRootInLayersAndAFaultInRootFileSystems()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("/evil", "e").ToArray();
        using LayerHold layer = await rig.UnpackAsync(tar);
        Assert.True(File.Exists(Path.Combine(layer.Directory, "evil")));
        Assert.False(File.Exists("/evil"));
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.Layers.UnpackAsync(
            new LayerArchive(new MemoryStream(tar)) { Rules = ArchiveRules.RootFileSystem }, [], default));
        Assert.Contains("'/evil' in the archive has an absolute path", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Unpack_DamagedHeader_SaysWhere()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("a", "text").File("b", "text").ToArray();
        tar[1024 + 3] ^= 1;
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(tar));
        Assert.Contains("checksum of a header is wrong at byte 1024", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Unpack_CutAnywhere_IsAFault()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("a", new string('x', 2000)).ToArray();
        foreach (int length in (int[])[1, 511, 512, 700, 2512, 2560])
        {
            await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(tar[..length]));
        }

        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        byte[] packed = zipped.ToArray();
        await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(packed[..^9]));
        packed[^6] ^= 1;
        await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(packed));
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
    }

    [RootFact]
    public async Task Unpack_OtherDigestThanExpected_IsAFault()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("a", "text").ToArray();
        Digest other = Digest.Of("other"u8);
        ApplianceException packed = await Assert.ThrowsAsync<ApplianceException>(() => rig.Layers.UnpackAsync(
            new LayerArchive(new MemoryStream(tar)) { PackedDigest = other }, [], default));
        Assert.Contains($"should be sha256:{other}", packed.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ApplianceException>(() => rig.Layers.UnpackAsync(
            new LayerArchive(new MemoryStream(tar)) { DiffId = other }, [], default));
        Assert.Empty(Directory.GetFileSystemEntries(rig.LayersPath));
    }

    [RootFact]
    public async Task Unpack_Bomb_EndsEarly()
    {
        await using ImageRig rig = await ImageRig.OpenAsync(new UnpackLimits { FreeOfRatioBytes = 1 << 20 });
        byte[] tar = new TarBuilder().Add(new TarEntry { Kind = TarKind.File, Name = "a"u8.ToArray(), Mode = 0x1A4 }, new byte[64 << 20]).ToArray();
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(zipped.ToArray()));
        Assert.Contains("decompression bomb", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Unpack_NoRoomOnTheDisk_IsToldBeforeItIsFull()
    {
        await using ImageRig rig = await ImageRig.OpenAsync(new UnpackLimits { DiskReserveBytes = long.MaxValue / 2 });
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(new TarBuilder().File("a")));
        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
    }

    [RootFact]
    public async Task Unpack_TooManyEntries_IsAFault()
    {
        await using ImageRig rig = await ImageRig.OpenAsync(new UnpackLimits { EntryCountMax = 2 });
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.UnpackAsync(new TarBuilder().File("a").File("b").File("c")));
        Assert.Contains("'c'", failure.Message, StringComparison.Ordinal);
    }

    private static TarBuilder Build(string what) => what switch
    {
        "parent" => new TarBuilder().File("../evil"),
        "deep parent" => new TarBuilder().Directory("a").File("a/../../evil"),
        "through absolute link" => new TarBuilder().SymbolicLink("a", "/tmp").File("a/evil"),
        "through relative link" => new TarBuilder().SymbolicLink("a", "../..").File("a/evil"),
        "through link to directory" => new TarBuilder().Directory("d").SymbolicLink("a", "d").File("a/evil"),
        "hard link outside" => new TarBuilder().HardLink("a", "../../../../../etc/passwd"),
        "hard link to nothing" => new TarBuilder().HardLink("a", "/etc/passwd"),
        "hard link to link then write" => new TarBuilder().SymbolicLink("l", "/tmp").HardLink("a", "l").File("a/x"),
        "below a file" => new TarBuilder().File("a").File("a/b"),
        "disk" => new TarBuilder().Device("dev/sda", TarKind.BlockDevice, 8, 0),
        "memory" => new TarBuilder().Device("dev/mem", TarKind.CharacterDevice, 1, 1),
        "whiteout of nothing" => new TarBuilder().File(".wh."),
        "whiteout of parent" => new TarBuilder().File(".wh..."),
        "zero byte" => new TarBuilder().Add(new TarEntry { Kind = TarKind.File, Name = Encoding.ASCII.GetBytes(new string('d', 100) + "/a\0b"), Mode = 0x1A4 }),
        "empty link" => new TarBuilder().SymbolicLink("a", ""),
        _ => new TarBuilder().File(new string('n', 300)),
    };
}
