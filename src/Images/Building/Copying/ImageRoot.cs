using Appliance.Native.Directories;

namespace Appliance.Images.Building.Copying;

/// <summary>Directories of a mounted image, found and made as a process within the image would.</summary>
internal sealed class ImageRoot(string root)
{
    private const int DirectoryMode = 0x1ED;

    /// <summary>Opens the directory that a path leads to, made with all above it if need be. New ones belong to the owner given.</summary>
    /// <exception cref="FormatException">Something on the way is no directory.</exception>
    public DirectoryHandle EnsureDirectory(string path, uint user = 0, uint group = 0)
    {
        string done = "/";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = part is "." or ".." ? $"{done}/{part}" : Path.Combine(done, part);
            if (RootedPath.TryResolve(root, next) is not { } found)
            {
                Create(done, part, user, group);
                found = RootedPath.TryResolve(root, next) ?? throw new FormatException($"'{path}' leads through a link to nowhere");
            }

            done = found;
        }

        return OpenDirectory(done) ?? throw new FormatException($"'{path}' is no directory");
    }

    /// <summary>Opens the directory that a path leads to; null when there is none.</summary>
    public DirectoryHandle? TryOpenDirectory(string path) => RootedPath.TryResolve(root, path) is { } found ? OpenDirectory(found) : null;

    /// <summary>The text of a file; null when there is none.</summary>
    public string? TryReadText(string path) =>
        RootedPath.TryResolve(root, path) is { } found && File.Exists(root + found) ? File.ReadAllText(root + found) : null;

    private void Create(string parentPath, string part, uint user, uint group)
    {
        using DirectoryHandle parent = OpenDirectory(parentPath) ?? throw new FormatException($"'{parentPath}' is no directory");
        if (part is "." or ".." || !NodeName.TryRead(System.Text.Encoding.UTF8.GetBytes(part), out NodeName name))
        {
            throw new FormatException($"'{part}' is no name for a directory");
        }

        if (parent.Find(name) is not null)
        {
            throw new FormatException($"'{Path.Combine(parentPath, part)}' is no directory, or a link to nowhere");
        }

        parent.CreateDirectory(name);
        parent.SetOwner(name, user, group);
        parent.SetMode(name, DirectoryMode);
    }

    // Resolved paths hold no links, and nobody else changes the tree.
    private DirectoryHandle? OpenDirectory(string resolved) => Directory.Exists(root + resolved) ? DirectoryHandle.Open(root + resolved) : null;
}
