using System.Text.Json;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Transfers;

namespace Appliance.Tests.Images;

public sealed class ImageImportTests
{
    [RootFact]
    public async Task Import_OciLayoutInEachForm_IsOneImage()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string layout = OciLayoutFiles.Write(Path.Combine(rig.Path, "layout"), "docker.io/library/alpine:3.21");
        await Shell.RunAsync($"cd '{layout}' && tar -cf ../a.tar . && tar -czf ../a.tar.gz * && zstd -q ../a.tar -o ../a.tar.zst");
        Image directory = Assert.Single(await ImportAsync(rig, layout));
        foreach (string file in (string[])["a.tar", "a.tar.gz", "a.tar.zst"])
        {
            Assert.Equal(directory.Id, Assert.Single(await ImportAsync(rig, Path.Combine(rig.Path, file))).Id);
        }

        Assert.Equal(["FOO=bar"], directory.Config.Run.Env);
        Assert.Equal(2, directory.Layers.Count);
        Assert.Equal(directory.Id, rig.Images.Resolve("alpine:3.21")!.Id);
        Assert.Equal("42", directory.Config.Run.Further!["Odd"].ToString());
        Assert.Equal(2, Directory.GetDirectories(rig.LayersPath).Length);
        Assert.False(Directory.Exists(Path.Combine(rig.Path, "images", "incoming")) && Directory.EnumerateFiles(Path.Combine(rig.Path, "images", "incoming")).Any());
    }

    [RootFact]
    public async Task Import_DockerArchive_TakesItsNames()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string archive = OciLayoutFiles.WriteDockerArchive(rig.Path, "team/app:1");
        await Shell.RunAsync($"gzip -k '{archive}'");
        Image image = Assert.Single(await ImportAsync(rig, archive));
        Assert.Equal(image.Id, rig.Images.Resolve("team/app:1")!.Id);
        Assert.Equal(image.Id, Assert.Single(await ImportAsync(rig, archive + ".gz", "other")).Id);
        Assert.Equal(image.Id, rig.Images.Resolve("other")!.Id);
    }

    [RootFact]
    public async Task Import_RootFileSystem_FromDirectoryTarAndStream()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string root = Path.Combine(rig.Path, "root");
        await Shell.RunAsync($"mkdir -p '{root}/bin' '{root}/tmp' && cd '{root}' && printf sh > bin/sh && ln bin/sh bin/ash && chmod 1777 tmp && chown 9:9 bin/sh && tar -cf ../root.tar . && tar -czf ../root.tgz bin tmp");
        Image directory = Assert.Single(await ImportAsync(rig, root, "box:1"));
        Image tar = Assert.Single(await ImportAsync(rig, root + ".tar", "box:2"));
        Image zipped = Assert.Single(await ImportAsync(rig, root + ".tgz", "box:3"));
        string list = "find . -printf '%p %y %m %U %G %s %n %T@\\n' | sort";
        string wanted = await Shell.RunAsync($"cd '{root}' && {list}");
        Assert.Equal(wanted, await Shell.RunAsync($"cd '{rig.Images.LowerDirectories(directory)[0]}' && {list}"));
        Assert.Contains("./bin/sh f 755 9 9", (await Shell.RunAsync($"cd '{rig.Images.LowerDirectories(zipped)[0]}' && {list}")).Replace("644", "755", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(["/bin/sh"], tar.Config.Run.Cmd);
        Assert.StartsWith("PATH=", Assert.Single(tar.Config.Run.Env!), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Import_DamagedBlob_NamesItAndKeepsNothing()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string layout = OciLayoutFiles.Write(Path.Combine(rig.Path, "layout"), "a:1");
        string largest = Directory.GetFiles(Path.Combine(layout, "blobs/sha256")).MaxBy(file => new FileInfo(file).Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(largest);
        bytes[700] ^= 1;
        await File.WriteAllBytesAsync(largest, bytes);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, layout));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Contains(Path.GetFileName(largest), failure.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Images.List());
    }

    [RootFact]
    public async Task Import_MissingBlob_NamesIt()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string layout = OciLayoutFiles.Write(Path.Combine(rig.Path, "layout"), "a:1");
        string blob = Directory.GetFiles(Path.Combine(layout, "blobs/sha256"))[0];
        File.Delete(blob);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, layout));
        Assert.Contains(Path.GetFileName(blob), failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Import_OtherMachine_SaysWhichOnesThereAre()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string layout = OciLayoutFiles.Write(Path.Combine(rig.Path, "layout"), "a:1", architecture: "s390x");
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, layout));
        Assert.Contains("linux/s390x", failure.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Import_WithoutName_AsksForATag()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string layout = OciLayoutFiles.Write(Path.Combine(rig.Path, "layout"), null);
        Assert.Contains("--tag", (await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, layout))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(rig.Path, "root"));
        Assert.Contains("--tag", (await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, Path.Combine(rig.Path, "root")))).Message, StringComparison.Ordinal);
        Assert.Single(await ImportAsync(rig, layout, "x:1"));
    }

    [RootFact]
    public async Task Import_NothingLikeAnArchive_SaysSo()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        string file = Path.Combine(rig.Path, "text");
        await File.WriteAllTextAsync(file, new string('x', 5000));
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, file, "a:1"));
        Assert.Contains("no tar archive", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => ImportAsync(rig, file + ".none", "a:1"))).Kind);
    }

    private static Task<IReadOnlyList<Image>> ImportAsync(ImageRig rig, string path, string? tag = null) =>
        rig.Library.Importer.ImportPathAsync(path, new ImageImportOrder(tag, null), new TransferProgress(), default);
}
