using Appliance.Containers.Specs;
using Appliance.Contents;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Mounts;
using Appliance.Mounts;
using Appliance.Native.Clocks;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;
using Appliance.Objects;
using Appliance.Volumes.Trees;

namespace Appliance.Engine.Mounts;

/// <summary>
/// Mounts as layers over an image: directories of hard links, built once for all containers whose mounts hold the same,
/// so that a container starts with them without a copy and may write over them.
/// </summary>
/// <param name="store">Where the mounts are.</param>
/// <param name="trees">Gives files their bytes.</param>
/// <param name="directory">On the file system of the contents; layers of an earlier boot may have lost bytes and are not used.</param>
/// <param name="lookups">Where images are mounted for a moment; goes with the machine's power.</param>
public sealed class MountLayers(MetadataStore store, VolumeTrees trees, string directory, string lookups)
{
    private const int PageLength = 1000;

    private readonly string current = Path.Combine(directory, BootId.Read());
    private readonly Dictionary<string, int> holds = [];
    private readonly Lock gate = new();
    private readonly SemaphoreSlim building = new(1);

    /// <summary>The layers of mounts over an image; of two files with one path the later mount's is seen.</summary>
    /// <exception cref="ApplianceException">NotFound: a mount. InvalidArgument: a file of the image is in the way.</exception>
    public async Task<MountHold> OpenAsync(
        Caller owner, IReadOnlyList<string> mountIds, ImageId image, IReadOnlyList<string> imageLayers, CancellationToken cancellation)
    {
        if (mountIds.Count == 0)
        {
            return MountHold.Nothing;
        }

        List<string> layers = [];
        List<ContainerDirectory> directories = [];
        try
        {
            using var fit = new MountFit(imageLayers, Path.Combine(lookups, Guid.NewGuid().ToString("N")));
            foreach (string id in mountIds)
            {
                Digest checksum = store.Read(read => MountDirectory.ChecksumOf(read, ObjectDirectory.Get<MountId>(read, owner, id)));
                string layer = await EnsureAsync(id, $"{checksum}", static path => path, cancellation);
                List<ContainerDirectory> under = [];
                if (!fit.TryFit(layer, under))
                {
                    Release([layer]);
                    layer = await EnsureAsync(id, $"{checksum}.{image.Text}", fit.Resolve, cancellation);
                    under.Clear();
                    fit.TryFit(layer, under);
                }

                layers.Insert(0, layer);
                directories.AddRange(under);
            }
        }
        catch
        {
            Release(layers);
            throw;
        }

        return new MountHold(layers, directories, () => Release(layers));
    }

    /// <summary>Keeps the layers of a container that an earlier process started.</summary>
    public MountHold Resume(IReadOnlyList<string> layers)
    {
        foreach (string layer in layers)
        {
            Hold(layer);
        }

        return new MountHold(layers, [], () => Release(layers));
    }

    /// <summary>Removes what crashes, earlier boots and deleted mounts left, but for what containers show.</summary>
    public void Sweep()
    {
        foreach (string lookup in Existing(lookups))
        {
            FileSystemMount.DetachAll(lookup);
            Directory.Delete(lookup);
        }

        foreach (string boot in Existing(directory))
        {
            if (boot != current)
            {
                TreeRemoval.Remove(boot);
            }
        }

        foreach (string layer in Existing(current))
        {
            RemoveUnused(layer);
        }
    }

    private static IEnumerable<string> Existing(string directory) => Directory.Exists(directory) ? Directory.GetDirectories(directory) : [];

    private async Task<string> EnsureAsync(string mountId, string name, Func<string, string> placeOf, CancellationToken cancellation)
    {
        string layer = Path.Combine(current, name);
        Hold(layer);
        try
        {
            if (!Directory.Exists(layer))
            {
                await building.WaitAsync(cancellation);
                try
                {
                    Build(mountId, layer, placeOf, cancellation);
                }
                finally
                {
                    building.Release();
                }
            }

            return layer;
        }
        catch
        {
            Release([layer]);
            throw;
        }
    }

    private void Build(string mountId, string layer, Func<string, string> placeOf, CancellationToken cancellation)
    {
        if (Directory.Exists(layer))
        {
            return;
        }

        string part = $"{layer}.part";
        TreeRemoval.Remove(part);
        Directory.CreateDirectory(part);
        string last = "";
        while (store.Read(read => MountRows.ListFiles(read, mountId, last, PageLength)) is { Count: > 0 } page)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (MountFileRecord file in page)
            {
                int slash = file.Path.LastIndexOf('/');
                string parent = part + placeOf(file.Path[..slash]);
                Directory.CreateDirectory(parent);
                Place(mountId, file, parent + file.Path[slash..]);
            }

            last = page[^1].Path;
        }

        Directory.Move(part, layer);
    }

    private void Place(string mountId, MountFileRecord file, string target)
    {
        // Two paths of a mount can be one in the image; the first in their order stays.
        if (File.Exists(target))
        {
            return;
        }

        try
        {
            trees.Place(new FileContent((ContentForm)file.Form, file.Content ?? Digest.OfNothing, file.SizeBytes), file.Mode, target);
        }
        catch (IOException gone) when (gone is FileNotFoundException || gone.HResult == DirectoryCalls.NoSuchEntry)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"Mount '{mountId}' was deleted, and the bytes of '{file.Path}' with it.", gone);
        }
    }

    private void Hold(string layer)
    {
        lock (gate)
        {
            holds[layer] = holds.GetValueOrDefault(layer) + 1;
        }
    }

    private void Release(IReadOnlyList<string> layers)
    {
        foreach (string layer in layers)
        {
            lock (gate)
            {
                if (--holds[layer] == 0)
                {
                    holds.Remove(layer);
                }
            }

            RemoveUnused(layer);
        }
    }

    /// <summary>A layer that nobody shows stays for the next container, as long as there is a mount with its files.</summary>
    private void RemoveUnused(string layer)
    {
        string name = Path.GetFileName(layer);
        bool isKnown = Digest.TryReadHex(name.Split('.')[0], out Digest checksum) && !name.EndsWith(".part", StringComparison.Ordinal)
            && store.Read(read => MountRows.IsThere(read, checksum));
        lock (gate)
        {
            if (!isKnown && !holds.ContainsKey(layer))
            {
                TreeRemoval.Remove(layer);
            }
        }
    }
}
