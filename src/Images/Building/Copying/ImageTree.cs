using Appliance.Native.Directories;

namespace Appliance.Images.Building.Copying;

/// <summary>The root file system of an image as a tree, where it is mounted.</summary>
internal sealed class ImageTree(string root, IDisposable mount) : ICopyTree
{
    private readonly DirectoryHandle handle = DirectoryHandle.Open(root);

    public string? Resolve(string path) => RootedPath.TryResolve(root, "/" + path)?.TrimStart('/');

    public CopyNode? Find(string path)
    {
        if (path.Length == 0)
        {
            return Describe(handle.GetStatus(), null);
        }

        using DirectoryHandle? parent = OpenDirectory(ParentOf(path));
        NodeName name = NodeName.Of(NameOf(path));
        return parent?.Find(name) is { } status
            ? Describe(status, status.Kind == NodeKind.File ? ExtendedAttributes.Find(parent, name, "security.capability") : null)
            : null;
    }

    public IReadOnlyList<string> List(string directory)
    {
        using DirectoryHandle opened = OpenDirectory(directory)!;
        return [.. opened.List().Select(name => name.ToString())];
    }

    public Stream Open(string path)
    {
        using DirectoryHandle parent = OpenDirectory(ParentOf(path))!;
        return new FileStream(parent.OpenFile(NodeName.Of(NameOf(path))), FileAccess.Read, bufferSize: 0);
    }

    public string ReadLink(string path)
    {
        using DirectoryHandle parent = OpenDirectory(ParentOf(path))!;
        return System.Text.Encoding.UTF8.GetString(parent.ReadSymbolicLink(NodeName.Of(NameOf(path))));
    }

    public void Dispose()
    {
        handle.Dispose();
        mount.Dispose();
    }

    private static CopyNode Describe(NodeStatus status, byte[]? capability) =>
        new(status.Kind, status.Mode, status.User, status.Group, status.SizeBytes, status.ModifiedAt, capability);

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash && slash < 0 ? "" : path[..slash];

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private DirectoryHandle? OpenDirectory(string path)
    {
        DirectoryHandle? current = handle.Reopen();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            DirectoryHandle? child = current?.TryOpen(NodeName.Of(part));
            current?.Dispose();
            current = child;
        }

        return current;
    }
}
