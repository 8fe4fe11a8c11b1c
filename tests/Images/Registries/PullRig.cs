using Appliance.Core.Errors;
using Appliance.Core.Progress;
using Appliance.Images.Catalog;
using Appliance.Images.Registries;
using Appliance.Images.Registries.Access;
using Appliance.Images.Registries.Transport;

namespace Appliance.Tests.Images.Registries;

/// <summary>Pulls from registries of this process into real images.</summary>
internal sealed class PullRig : IAsyncDisposable
{
    private static readonly RegistryTimes Soon = new()
    {
        Silence = TimeSpan.FromSeconds(5), Pauses = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(5), 4)], PauseMax = TimeSpan.FromMilliseconds(50),
    };

    private PullRig(ImageRig rig)
    {
        Rig = rig;
        Puller = new ImagePuller(rig.Images, rig.Layers, Spool, File("registries"), TimeProvider.System) { Times = Soon, LoginFile = File("config.json") };
    }

    public ImageRig Rig { get; }

    public ImagePuller Puller { get; }

    public TransferProgress Progress { get; } = new();

    private string Spool => File("spool");

    public static async Task<PullRig> OpenAsync(params string[] registries)
    {
        var rig = new PullRig(await ImageRig.OpenAsync());
        rig.Name(registries);
        return rig;
    }

    public string File(string name) => System.IO.Path.Combine(Rig.Path, name);

    /// <summary>Writes the registries file.</summary>
    public void Name(params string[] lines) => System.IO.File.WriteAllLines(File("registries"), lines);

    public Task<Image> PullAsync(string reference, RegistryCredential? credential = null, string? tag = null, CancellationToken cancellation = default) => Puller.PullAsync(
        new PullOrder(ImageReference.Read(reference)) { Credential = credential, Tag = tag is null ? null : ImageReference.Read(tag) }, Progress, cancellation);

    /// <summary>A pull that fails; nothing may be left of it.</summary>
    public async Task<ApplianceException> FailAsync(string reference, RegistryCredential? credential = null)
    {
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => PullAsync(reference, credential));
        AssertNothingIsLeft();
        return failure;
    }

    public void AssertNothingIsLeft()
    {
        AssertNoImageIsLeft();
        AssertSpoolIsEmpty();
    }

    public void AssertNoImageIsLeft()
    {
        Assert.Empty(Rig.Images.List());
        Assert.DoesNotContain(Directory.GetDirectories(Rig.LayersPath), path => System.IO.Path.GetFileName(path).StartsWith('.'));
    }

    public IReadOnlyList<string> ListDownloads() => Directory.GetFiles(Spool);

    public void AssertSpoolIsEmpty() => Assert.True(!Directory.Exists(Spool) || Directory.GetFiles(Spool).Length == 0);

    public string Read(Image image, string path) => System.IO.File.ReadAllText(
        Rig.Images.LowerDirectories(image).Select(directory => System.IO.Path.Combine(directory, path)).First(System.IO.File.Exists));

    public ValueTask DisposeAsync() => Rig.DisposeAsync();
}
