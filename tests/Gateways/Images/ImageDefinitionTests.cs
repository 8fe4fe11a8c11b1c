using Appliance.Core.Digests;
using Appliance.Core.Progress;
using Appliance.Gateways.Modal.Images;
using Appliance.Images.Catalog;
using Appliance.Images.Transfers;
using Appliance.Protos.Modal;
using Appliance.Tests.Images;
using Image = Appliance.Protos.Modal.Image;

namespace Appliance.Tests.Gateways.Images;

/// <summary>When two requests for an image mean the same one.</summary>
public sealed class ImageDefinitionTests
{
    [RootFact]
    public async Task Of_BaseThatIsImportedAnew_ChangesOnceItIsAnotherImage()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        ImageGetOrCreateRequest fromTag = Build("FROM base:1");
        ImageGetOrCreateRequest fromId = Build("FROM base:1");
        fromId.Image.BaseImages.Add(new BaseImage { DockerTag = "base:1", ImageId = "im-1" });
        Digest before = Definition(rig, fromTag);
        Digest untouched = Definition(rig, fromId);

        await ImportAsync(rig, "one");
        Assert.Equal(before, Definition(rig, fromTag));
        await ImportAsync(rig, "two");
        Digest second = Definition(rig, fromTag);
        Assert.NotEqual(before, second);
        Assert.NotEqual(Definition(rig, Build("FROM other:1", "FROM base:1 AS b")), Definition(rig, Build("FROM other:1", "FROM other:1 AS b")));

        await rig.Images.UntagAsync(ImageReference.Read("base:1"), default);
        Assert.Equal(second, Definition(rig, fromTag));
        await ImportAsync(rig, "three");
        Assert.NotEqual(second, Definition(rig, fromTag));
        Assert.Equal(untouched, Definition(rig, fromId));
    }

    [RootFact]
    public async Task Of_DebianSlim_ChangesWithTheImageThatStandsForIt()
    {
        await using ImageRig rig = await ImageRig.OpenAsync();
        ImageGetOrCreateRequest slim = Build(
            "FROM python:3.11.10-slim-bookworm", "RUN apt-get update", "RUN apt-get install -y gcc gfortran build-essential");
        Digest official = Definition(rig, slim);

        await ImportAsync(rig, "one", "debian-slim:3.12");
        Assert.Equal(official, Definition(rig, slim));
        await ImportAsync(rig, "two", "debian-slim:3.11");
        Digest declared = Definition(rig, slim);
        await ImportAsync(rig, "three", "debian-slim:3.11");

        Assert.Equal(3, new HashSet<Digest> { official, declared, Definition(rig, slim) }.Count);
    }

    [Theory]
    [InlineData("FROM $BASE")]
    [InlineData("FROM Not:A:Name")]
    [InlineData("NOSUCH thing")]
    [InlineData("FROM scratch")]
    public async Task Of_WhatNamesNoImage_IsLeftToTheBuild(string command)
    {
        await using ImageRig rig = await ImageRig.OpenAsync();

        Assert.NotEqual(Definition(rig, Build(command)), Definition(rig, Build(command, "ENV A=1")));
    }

    private static ImageGetOrCreateRequest Build(params string[] commands)
    {
        var request = new ImageGetOrCreateRequest { Image = new Image() };
        request.Image.DockerfileCommands.AddRange(commands);
        return request;
    }

    private static Digest Definition(ImageRig rig, ImageGetOrCreateRequest request) => rig.Store.Read(read => ImageDefinition.Of(read, request));

    private static async Task ImportAsync(ImageRig rig, string content, string name = "base:1")
    {
        string root = Path.Combine(rig.Path, content);
        Directory.CreateDirectory(root);
        await File.WriteAllTextAsync(Path.Combine(root, "file"), content);
        await rig.Library.Importer.ImportPathAsync(root, new ImageImportOrder(name, null), new TransferProgress(), default);
    }
}
