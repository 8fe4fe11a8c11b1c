using Appliance.Images.Layers;
using Appliance.Images.Layers.Trees;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;

namespace Appliance.Images.Building;

/// <summary>A root file system that may be changed: what changes is a directory of its own, which can become a layer.</summary>
internal sealed class LayerScratch : IDisposable
{
    private readonly string place;
    private FileSystemMount? mount;

    private LayerScratch(string place) => this.place = place;

    /// <summary>Where the root is mounted.</summary>
    public string Root => Path.Combine(place, "root");

    private string Changes => Path.Combine(place, "changes");

    /// <param name="directory">For scratches; what a crash leaves there may be removed once it is unmounted.</param>
    /// <param name="lowerDirectories">The image so far, topmost first.</param>
    public static LayerScratch Open(string directory, IReadOnlyList<string> lowerDirectories)
    {
        var scratch = new LayerScratch(Path.Combine(directory, Guid.NewGuid().ToString("n")));
        string work = Path.Combine(scratch.place, "work");
        foreach (string part in (string[])[scratch.Root, scratch.Changes, work])
        {
            Directory.CreateDirectory(part);
        }

        NodeStatus below = new LowerTree(lowerDirectories).FindRoot()!.Value;
        using (DirectoryHandle changes = DirectoryHandle.Open(scratch.Changes))
        {
            // The union's root looks like that of its topmost layer.
            changes.SetOwn(below.User, below.Group, below.Mode, below.ModifiedAt);
        }

        try
        {
            scratch.mount = OverlayMount.Mount(lowerDirectories, scratch.Changes, work, scratch.Root, isVolatile: true);
            return scratch;
        }
        catch
        {
            scratch.Dispose();
            throw;
        }
    }

    /// <summary>Makes a layer of what changed; null when nothing did. The root is not there afterwards.</summary>
    public async Task<LayerHold?> FinishAsync(LayerStore layers, CancellationToken cancellation)
    {
        mount?.Dispose();
        mount = null;
        return Directory.EnumerateFileSystemEntries(Changes).Any()
            ? await layers.AdoptAsync(Changes, cancellation).ConfigureAwait(false)
            : null;
    }

    public void Dispose()
    {
        mount?.Dispose();
        TreeRemoval.Remove(place);
    }
}
