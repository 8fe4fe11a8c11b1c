using Appliance.Core.Errors;
using Appliance.Volumes.Commits;
using Appliance.Volumes.Paths;

namespace Appliance.Tests.Volumes;

public sealed class VolumeChangeTests
{
    [Fact]
    public async Task Remove_ADirectoryWithAllBelow_LeavesItsNeighbours()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await FilledAsync(rig);

        await rig.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Read("d"), isRecursive: true));

        Assert.Equal(["d-", "f", "d-/n"], rig.Names(volume));
        await rig.PutAsync(volume, ("d/new", "x"));
        Assert.Equal(["d/new"], rig.Names(volume, "d"));
    }

    [Theory]
    [InlineData("d", false, ErrorKind.FailedPrecondition)]
    [InlineData("", false, ErrorKind.InvalidArgument)]
    [InlineData("none", true, ErrorKind.NotFound)]
    [InlineData("f/none", true, ErrorKind.NotFound)]
    public async Task Remove_WhatCannotBe_SaysWhyAndChangesNothing(string path, bool isRecursive, ErrorKind expected)
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await FilledAsync(rig);
        string[] before = rig.Names(volume);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() =>
            rig.CommitAsync(volume, scope => RemovePath.Steps(scope, VolumePath.Read(path), isRecursive)));

        Assert.Equal(expected, failure.Kind);
        Assert.Equal(before, rig.Names(volume));
    }

    [Theory]
    [InlineData("f", "g", "g")]
    [InlineData("f", "d-", "d-/f")]
    [InlineData("f", "/", null)]
    [InlineData("f", "new/deep", "new/deep")]
    [InlineData("d", "d-", "d-/d/e/y")]
    [InlineData("d", "new", "new/e/y")]
    [InlineData("d/e", "", "e/y")]
    public async Task Copy_LikeCp_PutsItThere(string source, string target, string? expected)
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await FilledAsync(rig);

        Task copy = CopyAsync(rig, volume, [source], target, isRecursive: true);

        if (expected is null)
        {
            Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<ApplianceException>(() => copy)).Kind);
            return;
        }

        await copy;
        Assert.Equal(await rig.ReadAsync(volume, source == "f" ? "f" : "d/e/y"), await rig.ReadAsync(volume, expected));
    }

    [Theory]
    [InlineData(new[] { "d" }, "new", false, ErrorKind.FailedPrecondition)]
    [InlineData(new[] { "d" }, "d/e", true, ErrorKind.FailedPrecondition)]
    [InlineData(new[] { "f", "d/x" }, "new", false, ErrorKind.FailedPrecondition)]
    [InlineData(new[] { "none" }, "new", false, ErrorKind.NotFound)]
    [InlineData(new[] { "d" }, "f", true, ErrorKind.FailedPrecondition)]
    public async Task Copy_WhatCpRefuses_ChangesNothing(string[] sources, string target, bool isRecursive, ErrorKind expected)
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await FilledAsync(rig);
        string[] before = rig.Names(volume);

        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => CopyAsync(rig, volume, sources, target, isRecursive));

        Assert.Equal(expected, failure.Kind);
        Assert.Equal(before, rig.Names(volume));
    }

    [Fact]
    public async Task Copy_SeveralIntoADirectory_KeepsTheirNames()
    {
        await using VolumeRig rig = await VolumeRig.OpenAsync();
        string volume = await FilledAsync(rig);

        await CopyAsync(rig, volume, ["f", "d/x"], "d-", isRecursive: false);

        Assert.Equal(["d-/f", "d-/n", "d-/x"], rig.Names(volume, "d-"));
    }

    private static async Task<string> FilledAsync(VolumeRig rig)
    {
        string volume = await rig.CreateVolumeAsync();
        await rig.PutAsync(volume, ("f", "1"), ("d/x", "2"), ("d/e/y", "3"), ("d-/n", "4"));
        return volume;
    }

    private static Task CopyAsync(VolumeRig rig, string volume, string[] sources, string target, bool isRecursive) =>
        rig.CommitAsync(volume, scope => CopyPaths.Steps(scope, [.. sources.Select(VolumePath.Read)], VolumePath.Read(target), isRecursive));
}
