using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Native.Directories;
using Appliance.Native.Mounts;

namespace Appliance.Engine.Mounts;

/// <summary>
/// How the directories of a layer lie on those of an image. A layer that has a directory where the image has a link (as
/// "/bin" in most of them) would hide all that the link leads to, so its files have to go where the link leads.
/// </summary>
internal sealed class MountFit : IDisposable
{
    private readonly string root;
    private readonly bool isMounted;
    private readonly Dictionary<string, string> resolved = [];

    /// <param name="imageLayers">The topmost first.</param>
    /// <param name="place">Where the image may be mounted for the time; nothing is there yet.</param>
    public MountFit(IReadOnlyList<string> imageLayers, string place)
    {
        isMounted = imageLayers.Count > 1;
        root = isMounted ? place : imageLayers[0];
        if (isMounted)
        {
            Directory.CreateDirectory(place);
            OverlayMount.MountReadOnly(imageLayers, place, MountFlags.None);
        }
    }

    /// <summary>Finds the image's directories below which the layer adds something.</summary>
    /// <returns>False when the layer must be built anew with the places that <see cref="Resolve"/> names.</returns>
    /// <exception cref="ApplianceException">InvalidArgument: a file of the image is in the way.</exception>
    public bool TryFit(string layer, List<ContainerDirectory> directories) => TryFit(layer, "", directories);

    /// <summary>Where a directory is in the image; what the image lacks stays below the part that it has.</summary>
    public string Resolve(string directory)
    {
        if (directory.Length == 0)
        {
            return "";
        }

        if (!resolved.TryGetValue(directory, out string? found))
        {
            int slash = directory.LastIndexOf('/');
            found = RootedPath.TryResolve(root, directory) is { } there
                ? there.TrimEnd('/')
                : Resolve(directory[..slash]) + directory[slash..];
            resolved[directory] = found;
        }

        return found;
    }

    public void Dispose()
    {
        if (isMounted)
        {
            FileSystemMount.DetachAll(root);
            Directory.Delete(root);
        }
    }

    private bool TryFit(string layer, string path, List<ContainerDirectory> directories)
    {
        using DirectoryHandle image = DirectoryHandle.Open(root + path);
        foreach (string directory in Directory.EnumerateDirectories(layer + path))
        {
            string name = Path.GetFileName(directory);
            if (image.Find(NodeName.Of(name)) is not { } there)
            {
                continue;
            }

            string inner = $"{path}/{name}";
            switch (there.Kind)
            {
                case NodeKind.Directory:
                    directories.Add(new ContainerDirectory(inner, there));
                    if (!TryFit(layer, inner, directories))
                    {
                        return false;
                    }

                    break;
                case NodeKind.SymbolicLink:
                    return false;
                default:
                    throw new ApplianceException(
                        ErrorKind.InvalidArgument, $"Files cannot be added below '{inner}', which is a file in the image.");
            }
        }

        return true;
    }
}
