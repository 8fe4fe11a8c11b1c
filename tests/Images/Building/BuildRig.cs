using System.Text;
using Appliance.Core.Digests;
using Appliance.Images.Building;
using Appliance.Images.Building.Copying;
using Appliance.Images.Building.Jobs;
using Appliance.Images.Building.Logs;
using Appliance.Metadata.Images;

namespace Appliance.Tests.Images.Building;

/// <summary>Builds over real images, with commands that a test makes up.</summary>
internal sealed class BuildRig : IAsyncDisposable
{
    private readonly Dictionary<string, BuildRequest> requests = new(StringComparer.Ordinal);

    private BuildRig(ImageRig rig, IRunStep runner)
    {
        Rig = rig;
        Runner = runner;
        Start();
    }

    public ImageRig Rig { get; }

    public IRunStep Runner { get; }

    public ImageBuilds Builds => Rig.Library.Builds!;

    public static async Task<BuildRig> OpenAsync(IRunStep? runner = null)
    {
        var rig = new BuildRig(await ImageRig.OpenAsync(), runner ?? new NoRunStep());
        string root = Path.Combine(rig.Rig.Path, "base");
        await Shell.RunAsync($"mkdir -p '{root}/usr/lib' '{root}/etc' '{root}/tmp' && cd '{root}' && chmod 1777 tmp && ln -s usr/lib lib && echo 'app:x:7:8::/:/bin/sh' > etc/passwd && echo 'staff:x:9:' > etc/group && printf old > usr/lib/x");
        await rig.Rig.Library.Importer.ImportPathAsync(root, new Appliance.Images.Transfers.ImageImportOrder("base:1", null), new Core.Progress.TransferProgress(), default);
        return rig;
    }

    public async Task RestartAsync()
    {
        await Rig.ReopenAsync();
        Start();
    }

    public Task<BuildOutcome> RequestAsync(BuildRequest request, BuildMode mode = BuildMode.UseCache)
    {
        string key = string.Join('\n', request.Commands);
        requests[key] = request;
        return Builds.RequestAsync(Digest.Of(Encoding.UTF8.GetBytes(key)), Encoding.UTF8.GetBytes(key), mode, default);
    }

    /// <summary>Builds to the end.</summary>
    public async Task<BuildOutcome> BuildAsync(BuildRequest request, BuildMode mode = BuildMode.UseCache) =>
        await EndAsync((await RequestAsync(request, mode)).Id);

    public Task<BuildOutcome> BuildAsync(params string[] commands) => BuildAsync(new BuildRequest(commands));

    public async Task<BuildOutcome> EndAsync(string id)
    {
        for (int tries = 0; tries < 2000; tries++)
        {
            BuildOutcome outcome = await Builds.FindAsync(id, default);
            if (outcome.HasEnded)
            {
                return outcome;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"The build {id} does not end.");
    }

    /// <summary>The image's root file system, as a mount of it lists itself.</summary>
    public async Task<string> ListAsync(BuildOutcome outcome, string format = "%P %y %m %U %G %l")
    {
        Assert.True(outcome.State == ImageBuildState.Succeeded, outcome.Failure);
        using LayerScratch scratch = LayerScratch.Open(Rig.Path, Rig.Images.LowerDirectories(outcome.Image!));
        return await Shell.RunAsync($"cd '{scratch.Root}' && find . -mindepth 1 -printf '{format}\\n' | sort");
    }

    public async Task<string> ReadAsync(BuildOutcome outcome, string path)
    {
        Assert.True(outcome.State == ImageBuildState.Succeeded, outcome.Failure);
        using LayerScratch scratch = LayerScratch.Open(Rig.Path, Rig.Images.LowerDirectories(outcome.Image!));
        return await File.ReadAllTextAsync(scratch.Root + path);
    }

    public async Task<string> ReadLogAsync(string id)
    {
        IReadOnlyList<BuildLogEntry> entries = await Builds.ReadLogAsync(id, "", TimeSpan.Zero, default);
        return string.Concat(entries.Select(entry => Encoding.UTF8.GetString(entry.Data)));
    }

    public static IBuildContext Context(params (string Path, string Text)[] files) => new TextContext(files);

    public ValueTask DisposeAsync() => Rig.DisposeAsync();

    private void Start() => Rig.Library.StartBuilds(Runner).Reader = key => requests[Encoding.UTF8.GetString(key.Span)];

    private sealed class TextContext((string Path, string Text)[] files) : IBuildContext
    {
        public ICopyTree Open() => new ListedTree(files.Select(file => new ListedFile(
            file.Path, 0x1A4, file.Text.Length, () => new MemoryStream(Encoding.UTF8.GetBytes(file.Text)))));
    }
}
