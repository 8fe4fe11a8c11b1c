using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Layers;
using Appliance.Images.Transfers;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images;

public sealed class ImageExportTests
{
    [RootFact]
    public async Task Export_ThenImport_IsTheSameFileSystemWithWhatItHides()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        using LayerHold below = await rig.UnpackAsync(new TarBuilder().Directory("d").File("d/gone").File("e/hidden").Device("dev/null", Appliance.Images.Archives.TarKind.CharacterDevice, 1, 3));
        using LayerHold above = await rig.UnpackAsync(
            new TarBuilder().File("d/.wh.gone").Directory("e").File("e/.wh..wh..opq").File("e/new", "n", 0x9ED, 3, 4).HardLink("e/twin", "e/new").SymbolicLink("s", "/x"), below.Name);
        Image image = await rig.Images.CreateAsync(
            new NewImage(new ImageConfig { Run = new ImageRunConfig { Env = ["A=1"] } }, [below, above], ImageOrigin.Built) { Tags = [ImageReference.Read("a:1")] }, default);

        string path = Path.Combine(rig.Path, "a.tar");
        await using (FileStream file = File.Create(path))
        {
            await rig.Library.Exporter.ExportAsync([(image, [ImageReference.Read("b:2")])], file, new TransferProgress(), default);
        }

        Assert.Contains("manifest.json", await Shell.RunAsync($"tar -tf '{path}'"), StringComparison.Ordinal);
        Image back = Assert.Single(await rig.Library.Importer.ImportPathAsync(path, new ImageImportOrder(null, null), new TransferProgress(), default));
        Assert.Equal(back.Id, rig.Images.Resolve("b:2")!.Id);
        Assert.Equal(["A=1"], back.Config.Run.Env);
        Assert.Equal(2, back.Layers.Count);
        foreach ((string first, string second) in rig.Images.LowerDirectories(image).Zip(rig.Images.LowerDirectories(back)))
        {
            const string list = "find . -printf '%p %y %m %U %G %l %s %n\\n' | sort; find . -exec getfattr -h -m - -d {} + 2>/dev/null || true";
            Assert.Equal(await Shell.RunAsync($"cd '{first}' && {list}"), await Shell.RunAsync($"cd '{second}' && {list}"));
        }
    }
}
