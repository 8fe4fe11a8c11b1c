using System.IO.Compression;
using System.Text;
using Appliance.Core.Digests;
using Appliance.Images.Archives;
using Appliance.Images.Layers;
using Appliance.Native.Compression;
using Appliance.Native.Directories;

namespace Appliance.Tests.Images;

public sealed class LayerUnpackTests
{
    [RootFact]
    public async Task Unpack_FilesAndLinks_LieThereAsInTheArchive()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] capability = [0, 0, 0, 2, 0, 0x20, 0, 0, 0, 0x80, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder()
            .Directory("etc", 0x1C0)
            .File("etc/passwd", "root", 0x1A4, user: 5, group: 6)
            .File("bin/su", "#", 0x9ED)
            .HardLink("bin/also", "bin/su")
            .SymbolicLink("lib", "/usr/lib")
            .Device("dev/null", TarKind.CharacterDevice, 1, 3)
            .Add(new TarEntry
            {
                Kind = TarKind.File, Name = "bin/ping"u8.ToArray(), Mode = 0x1ED, ModifiedAt = new NodeTime(1_234, 567_000_000),
                Attributes = [new TarAttribute("security.capability", capability), new TarAttribute("user.note", "a"u8.ToArray()), new TarAttribute("trusted.overlay.redirect", "/x"u8.ToArray())],
            })
            .Add(new TarEntry { Kind = TarKind.File, Name = [(byte)'x', 0xFF, 0xFE], Mode = 0x1A4 }));

        using DirectoryHandle root = DirectoryHandle.Open(layer.Directory);
        using DirectoryHandle bin = root.TryOpen(NodeName.Of("bin"))!;
        using DirectoryHandle etc = root.TryOpen(NodeName.Of("etc"))!;
        Assert.Equal(0x1C0, root.Find(NodeName.Of("etc"))!.Value.Mode);
        Assert.Equal(new NodeTime(1_600_000_000, 0), root.Find(NodeName.Of("etc"))!.Value.ModifiedAt);
        NodeStatus passwd = etc.Find(NodeName.Of("passwd"))!.Value;
        Assert.Equal((5u, 6u, 0x1A4, 4L), (passwd.User, passwd.Group, passwd.Mode, passwd.SizeBytes));
        NodeStatus su = bin.Find(NodeName.Of("su"))!.Value;
        Assert.Equal((0x9ED, 2u), (su.Mode, su.LinkCount));
        Assert.Equal(su.Inode, bin.Find(NodeName.Of("also"))!.Value.Inode);
        Assert.Equal("/usr/lib"u8.ToArray(), root.ReadSymbolicLink(NodeName.Of("lib")));
        Assert.Equal(capability, ExtendedAttributes.Find(bin, NodeName.Of("ping"), "security.capability"));
        Assert.Equal(new NodeTime(1_234, 567_000_000), bin.Find(NodeName.Of("ping"))!.Value.ModifiedAt);
        Assert.Equal(["security.capability", "user.note"], ExtendedAttributes.List(bin, NodeName.Of("ping")).Order());
        Assert.Contains(root.List(), name => name.Bytes.SequenceEqual((ReadOnlySpan<byte>)[(byte)'x', 0xFF, 0xFE]));
        Assert.Equal(9, layer.Record.EntryCount - 0 + 1);
    }

    [RootFact]
    public async Task Unpack_Whiteouts_TakeTheFormOfTheUnionFileSystem()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder()
            .File("a/.wh.gone").File("b/.wh..wh..opq").File("b/new", "n")
            .File(".wh.c").Directory("c").File("c/d", "d")
            .Directory("e").File("e/f").File(".wh.e"));

        using DirectoryHandle root = DirectoryHandle.Open(layer.Directory);
        using DirectoryHandle a = root.TryOpen(NodeName.Of("a"))!;
        Assert.True(a.Find(NodeName.Of("gone"))!.Value.IsWhiteout);
        Assert.All(["b", "c", "e"], name => Assert.Equal("y"u8.ToArray(), ExtendedAttributes.Find(root, NodeName.Of(name), ExtendedAttributes.OverlayOpaque)));
        Assert.True(File.Exists(Path.Combine(layer.Directory, "c/d")) && File.Exists(Path.Combine(layer.Directory, "e/f")));
        Assert.Null(ExtendedAttributes.Find(root, NodeName.Of("a"), ExtendedAttributes.OverlayOpaque));
    }

    [RootFact]
    public async Task Unpack_DirectoryWithoutEntry_LooksAsInTheLayerBelow()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using LayerHold below = await rig.UnpackAsync(new TarBuilder().Directory("tmp", 0x3FF));
        byte[] archive = new TarBuilder().File("tmp/x").ToArray();
        using LayerHold above = await rig.UnpackAsync(archive, below.Name);
        using LayerHold alone = await rig.UnpackAsync(archive);

        Assert.Equal((UnixFileMode)0x3FF, File.GetUnixFileMode(Path.Combine(above.Directory, "tmp")));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(Path.Combine(alone.Directory, "tmp")));
        Assert.NotEqual(above.Name, alone.Name);
    }

    [RootFact]
    public async Task Unpack_LaterEntryOfTheSameName_Wins()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder()
            .Directory("a").File("a/x").File("a", "file").SymbolicLink("b", "/etc").Directory("b").File("b/y").File("c", "1").File("c", "22"));

        Assert.Equal("file", File.ReadAllText(Path.Combine(layer.Directory, "a")));
        Assert.True(File.Exists(Path.Combine(layer.Directory, "b/y")));
        Assert.Equal("22", File.ReadAllText(Path.Combine(layer.Directory, "c")));
    }

    [RootFact]
    public async Task Unpack_EachPacking_GivesTheSameLayerOnce()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] tar = new TarBuilder().File("a", new string('x', 100_000)).ToArray();
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        using LayerHold plain = await rig.UnpackAsync(tar);
        using LayerHold gzipped = await rig.UnpackAsync(zipped.ToArray());
        using LayerHold zstd = await rig.UnpackAsync(Zstd.Compress(tar, 3));
        Assert.Equal(plain.Name, gzipped.Name);
        Assert.Equal(plain.Name, zstd.Name);
        Assert.Equal(Digest.Of(tar), plain.Record.DiffId);
        Assert.Single(System.IO.Directory.GetDirectories(rig.LayersPath));
    }

    [RootFact]
    public async Task Unpack_FileOfZeros_TakesNoRoom()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        byte[] data = new byte[8 << 20];
        data[5 << 20] = 1;
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder().Add(new TarEntry { Kind = TarKind.File, Name = "a"u8.ToArray(), Mode = 0x1A4 }, data));
        using DirectoryHandle root = DirectoryHandle.Open(layer.Directory);
        NodeStatus status = root.Find(NodeName.Of("a"))!.Value;
        Assert.Equal(data.Length, status.SizeBytes);
        Assert.True(status.AllocatedBytes < 1 << 20);
        Assert.Equal(data, File.ReadAllBytes(Path.Combine(layer.Directory, "a")));
    }

    [RootFact]
    public async Task Unpack_LongNames_AreKept()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string name = string.Join('/', Enumerable.Repeat(new string('n', 120), 5));
        using LayerHold layer = await rig.UnpackAsync(new TarBuilder().File(name, "deep").SymbolicLink("s", new string('t', 300)));
        Assert.Equal("deep", File.ReadAllText(Path.Combine(layer.Directory, name)));
        Assert.Equal(new string('t', 300), new FileInfo(Path.Combine(layer.Directory, "s")).LinkTarget);
    }

    [RootFact]
    public async Task Unpack_GnuTarWithEverything_EqualsWhatTarMadeOfIt()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string source = Path.Combine(rig.Path, "source");
        Directory.CreateDirectory(source);
        await Shell.RunAsync($"cd '{source}' && mkdir -p a/b && printf x > a/b/c && ln a/b/c a/d && ln -s ../x a/l && mkfifo a/p && truncate -s 3M a/s && printf end >> a/s && chown 7:8 a/b/c && chmod 4711 a/b/c && touch -h -d '2001-02-03 04:05:06.789' a/l a/b/c && printf y > $(printf 'n%.0s' $(seq 150))");
        foreach (string form in (string[])["--format=gnu", "--format=pax", "--format=ustar", "--format=gnu --sparse", "--format=pax --sparse", "--format=pax --sparse --sparse-version=0.1", "--format=pax --sparse --sparse-version=0.0"])
        {
            string exclude = form.Contains("ustar", StringComparison.Ordinal) ? "--exclude=nnn*" : "";
            await Shell.RunAsync($"cd '{source}' && tar {form} {exclude} -cf ../a.tar .");
            using LayerHold layer = await rig.UnpackAsync(await File.ReadAllBytesAsync(Path.Combine(rig.Path, "a.tar")));
            string found = await Shell.RunAsync($"cd '{layer.Directory}' && rsync -n -aHXi --delete {exclude} '{source}/' ./ 2>/dev/null || (cd '{source}' && find . {(exclude.Length > 0 ? "-not -name 'nnn*'" : "")} -printf '%p %y %m %U %G %l %s %n\\n' | grep -v '^\\. ' | sort > ../want; cd '{layer.Directory}' && find . -printf '%p %y %m %U %G %l %s %n\\n' | grep -v '^\\. ' | sort | diff ../../../want - >&2 && cmp a/s '{source}/a/s' >&2)");
            Assert.Equal("", found.Trim());
        }
    }
}
