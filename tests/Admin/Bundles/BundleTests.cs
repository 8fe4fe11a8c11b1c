using Appliance.Admin.Bundles;
using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Packages;
using Appliance.Tests.Images;
using Appliance.Tests.Packages;
using Appliance.Tests.Volumes.Transfers;

namespace Appliance.Tests.Admin.Bundles;

public sealed class BundleTests
{
    [RootFact]
    public async Task Create_ThenImportTwice_BringsAllOnce()
    {
        await using BundleRig here = await BundleRig.OpenAsync();
        Image image = await here.AddImageAsync("a:1");
        await here.AddImageAsync("b:1");
        string source = SampleTree.Make(here.At("source"));
        await here.Storage.ImportAsync(source, StorageFixture.Request with { Version = 1 });
        BundleManifest manifest = await here.CreateAsync(here.At("x"), ["a:1", "b:1", "a:1"], ["data"]);
        Assert.Equal(["a:1", "b:1"], manifest.Members[0].Images);
        Assert.Equal(("data", 1, 7), (manifest.Members[1].Volume!.Name, manifest.Members[1].Volume!.Version, (int)manifest.Members[1].Volume!.Files));

        await using BundleRig there = await BundleRig.OpenAsync();
        BundleReport first = await there.ImportAsync(here.At("x"));
        BundleReport second = await there.ImportAsync(here.At("x"));

        Assert.Equal(["a:1", "b:1"], first.Images.SelectMany(one => one.Tags));
        Assert.Equal(first.Images.Select(one => one.ImageId), second.Images.Select(one => one.ImageId));
        Assert.Equal(2, there.Images.Images.List().Count);
        Assert.Equal(image.Config.Run.Env, there.Images.Images.Resolve("a:1")!.Config.Run.Env);
        Assert.Equal((7, 0, 0, 7), ((int)first.Volumes[0].Files, (int)first.Volumes[0].Unchanged, (int)second.Volumes[0].Files, (int)second.Volumes[0].Unchanged));
        await there.Storage.ExportAsync(there.At("copy"));
        Assert.Equal(SampleTree.Describe(source), SampleTree.Describe(there.At("copy")));
        Assert.Equal(1, (await there.Storage.Volumes.DescribeAsync(new VolumeLookup("data", ""), default)).Version);
    }

    [RootFact]
    public async Task PackagesAndClients_AreCarriedAsTheyAre()
    {
        await using BundleRig here = await BundleRig.OpenAsync();
        string files = Directory.CreateDirectory(here.At("files")).FullName;
        string wheel = WheelFiles.Write(files, "tabulate-1.0-py3-none-any.whl");
        string sdist = WheelFiles.WriteSdist(files, "old_thing-2.0.tar.gz");
        string clients = Directory.CreateDirectory(here.At("clients")).FullName;
        string client = WheelFiles.Write(clients, "modal-1.5.4-py3-none-any.whl");
        BundleManifest manifest = await here.CreateAsync(here.At("x"), new BundleOrder([], [], "") { Packages = [wheel, sdist], Clients = [clients] });
        Assert.Equal(["package", "package", "client"], manifest.Members.Select(member => member.Kind));

        await using BundleRig there = await BundleRig.OpenAsync();
        BundleReport first = await there.ImportAsync(here.At("x"));
        await there.ImportAsync(here.At("x"));

        Assert.Equal(["tabulate-1.0-py3-none-any.whl", "old_thing-2.0.tar.gz"], first.Packages.OrderDescending());
        foreach (PackageFile taken in there.Wheelhouse.List())
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(files, taken.FileName)), File.ReadAllBytes(there.Wheelhouse.PathOf(taken)));
        }

        Assert.Equal(2, there.Wheelhouse.List().Count);
        string listed = $"modal-1.5.4-py3-none-any.whl {new FileInfo(client).Length}";
        Assert.Equal([listed, listed], there.Clients.Files);
        ApplianceException none = await Assert.ThrowsAsync<ApplianceException>(
            () => here.CreateAsync("", new BundleOrder([], [], "") { Clients = [here.At("nothing")] }, new MemoryStream()));
        Assert.Equal(ErrorKind.NotFound, none.Kind);
        ApplianceException other = await Assert.ThrowsAsync<ApplianceException>(
            () => here.CreateAsync("", new BundleOrder([], [], "") { Clients = [wheel] }, new MemoryStream()));
        Assert.Equal(ErrorKind.InvalidArgument, other.Kind);
    }

    [RootFact]
    public async Task Create_GivesFilesThatOtherProgramsReadAndCompare()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        await rig.AddImageAsync("a:1");
        SampleTree.Write(rig.At("source"), "file", 1000, 1);
        await rig.Storage.ImportAsync(rig.At("source"));
        await rig.CreateAsync(rig.At("x"), ["a:1"], ["data"]);
        string output = await Shell.RunAsync(
            $"cd {rig.At("source")} && tar -xf {rig.At("x")} && sha256sum -c SHA256SUMS && tar --zstd -tf volumes/data.tar.zst && tar --zstd -tf images.tar.zst");
        Assert.Contains("images.tar.zst: OK\nvolumes/data.tar.zst: OK\nbundle.json: OK\nfile\n", output, StringComparison.Ordinal);
        Assert.Contains("oci-layout", output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Import_OfADamagedBundle_IsRefusedBeforeAnythingIsVisible()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        byte[] whole = await SmallBundleAsync(rig);
        await using BundleRig there = await BundleRig.OpenAsync();
        for (int place = 0; place < whole.Length; place += 7)
        {
            // Zeros may be padding, which means nothing.
            if (whole[place] != 0)
            {
                byte[] damaged = [.. whole];
                damaged[place] ^= 1;
                await RefuseAsync(there, damaged);
            }
        }

        Assert.Empty(there.Images.Images.List());
        Assert.Null(there.Storage.Head());
    }

    [RootFact]
    public async Task Import_OfABundleThatWasCutOff_IsRefusedBeforeAnythingIsVisible()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        byte[] whole = await SmallBundleAsync(rig);
        await using BundleRig there = await BundleRig.OpenAsync();
        int end = Array.FindLastIndex(whole, value => value != 0);
        for (int length = 0; length <= end; length += 101)
        {
            await RefuseAsync(there, whole[..length]);
        }

        await RefuseAsync(there, whole[..end]);
        Assert.Empty(there.Images.Images.List());
        Assert.Null(there.Storage.Head());
    }

    [RootFact]
    public async Task Import_OfAFileThatChangesAfterTheCheck_CommitsNothingOfIt()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        byte[] whole = await SmallBundleAsync(rig);
        using BundleFile bundle = await BundleFile.OpenAsync(rig.At("small"), default);
        await bundle.CheckAsync(new TransferProgress(), default);
        BundleMember volume = bundle.Manifest.Members[1];
        int start = FindMember(whole, volume.File);
        whole[start + (int)volume.SizeBytes - 20] ^= 1;
        File.WriteAllBytes(rig.At("small"), whole);
        await using BundleRig there = await BundleRig.OpenAsync();
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => there.Importer
            .ImportAsync(bundle, new BundleImport("", false), new TransferProgress(), default));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal(0, there.Storage.Head());
    }

    [RootFact]
    public async Task Import_OfAVolumeThatDiffers_TakesForce()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        await SmallBundleAsync(rig);
        SampleTree.Write(rig.At("other"), "file", 1000, 2);
        await using BundleRig there = await BundleRig.OpenAsync();
        await there.Storage.ImportAsync(rig.At("other"));
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => there.ImportAsync(rig.At("small")));
        Assert.Equal(ErrorKind.AlreadyExists, failure.Kind);
        Assert.Matches("^Volume 'data': .*--force", failure.Message);
        Assert.Equal(1, (await there.ImportAsync(rig.At("small"), force: true)).Volumes[0].Files);
    }

    [RootFact]
    public async Task Create_OfWhatIsNotThere_WritesNothing()
    {
        await using BundleRig rig = await BundleRig.OpenAsync();
        await rig.AddImageAsync("a:1");
        Image nameless = await rig.AddImageAsync("gone:1");
        await rig.Images.Images.UntagAsync(ImageReference.Read("gone:1"), default);
        using var target = new MemoryStream();
        async Task<(ErrorKind, string)> FailAsync(string[] images, string[] volumes)
        {
            ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.CreateAsync("", images, volumes, target));
            return (failure.Kind, failure.Message);
        }

        Assert.Equal(ErrorKind.NotFound, (await FailAsync(["a:1", "none:1"], [])).Item1);
        Assert.Equal(ErrorKind.NotFound, (await FailAsync(["a:1"], ["none"])).Item1);
        Assert.Equal(ErrorKind.InvalidArgument, (await FailAsync([], [])).Item1);
        Assert.Contains($"appliance image tag {nameless.Id.Text}", (await FailAsync([nameless.Id.Text], [])).Item2, StringComparison.Ordinal);
        Assert.Empty(target.ToArray());
    }

    [Fact]
    public async Task Open_OfSomethingElse_SaysSo()
    {
        using var directory = new Metadata.TestDirectory();
        string path = Path.Combine(directory.Path, "x");
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<ApplianceException>(() => BundleFile.OpenAsync(path, default))).Kind);
        File.WriteAllBytes(path, new TarBuilder().File("a").ToArray());
        Assert.Contains("no 'bundle.json'", (await Assert.ThrowsAsync<ApplianceException>(() => BundleFile.OpenAsync(path, default))).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "words");
        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<ApplianceException>(() => BundleFile.OpenAsync(path, default))).Kind);
    }

    [Theory]
    [InlineData("""{"form":2,"created_at":"2026-01-01T00:00:00+00:00","members":[]}""", ErrorKind.FailedPrecondition, "form 2")]
    [InlineData("""{"form":1,"created_at":"2026-01-01T00:00:00+00:00","members":[{"file":"a","kind":"wheels","size_bytes":4,"sha256":"0"}]}""", ErrorKind.FailedPrecondition, "'wheels'")]
    [InlineData("""{"form":1,"created_at":"2026-01-01T00:00:00+00:00","members":[{"file":"b","kind":"images","size_bytes":4,"sha256":"0","images":[]}]}""", ErrorKind.InvalidArgument, "'b' is not there")]
    [InlineData("""{"form":1,"created_at":"2026-01-01T00:00:00+00:00","members":[{"file":null,"kind":"images","size_bytes":4,"sha256":"0"}]}""", ErrorKind.InvalidArgument, "not understood")]
    [InlineData("""{"form":1,"created_at":"2026-01-01T00:00:00+00:00"}""", ErrorKind.InvalidArgument, "not understood")]
    public async Task Open_OfAManifestOfAnotherKind_SaysWhat(string manifest, ErrorKind kind, string words)
    {
        using var directory = new Metadata.TestDirectory();
        string path = Path.Combine(directory.Path, "x");
        string sums = manifest.Contains("\"a\"", StringComparison.Ordinal) ? "0  a\n" : manifest.Contains("\"b\"", StringComparison.Ordinal) ? "0  b\n" : "";
        File.WriteAllBytes(path, new TarBuilder()
            .File("a", "text").File("bundle.json", manifest).File("SHA256SUMS", $"{sums}{Core.Digests.Digest.Of(System.Text.Encoding.UTF8.GetBytes(manifest))}  bundle.json\n").ToArray());
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => BundleFile.OpenAsync(path, default));
        Assert.Equal(kind, failure.Kind);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static async Task<byte[]> SmallBundleAsync(BundleRig rig)
    {
        await rig.AddImageAsync("a:1");
        SampleTree.Write(rig.At("source"), "file", 1000, 1);
        await rig.Storage.ImportAsync(rig.At("source"));
        await rig.CreateAsync(rig.At("small"), ["a:1"], ["data"]);
        return File.ReadAllBytes(rig.At("small"));
    }

    private static async Task RefuseAsync(BundleRig rig, byte[] bundle)
    {
        File.WriteAllBytes(rig.At("damaged"), bundle);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.ImportAsync(rig.At("damaged")));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    private static int FindMember(byte[] tar, string name) => tar.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name)) + 512;
}
