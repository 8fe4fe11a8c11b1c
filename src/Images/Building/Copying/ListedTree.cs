using Appliance.Native.Directories;

namespace Appliance.Images.Building.Copying;

/// <summary>A tree of files that are listed by their paths; directories are where they need them.</summary>
public sealed class ListedTree : ICopyTree
{
    private const int DirectoryMode = 0x1ED;

    private readonly Dictionary<string, ListedFile> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> directories = new(StringComparer.Ordinal) { [""] = new(StringComparer.Ordinal) };

    /// <param name="listed">Later ones take the place of earlier ones of the same path.</param>
    public ListedTree(IEnumerable<ListedFile> listed)
    {
        foreach (ListedFile file in listed)
        {
            string path = file.Path.Trim('/');
            files[path] = file;
            AddToParent(path);
        }
    }

    public string? Resolve(string path) => files.ContainsKey(path) || directories.ContainsKey(path) ? path : null;

    public CopyNode? Find(string path) => files.TryGetValue(path, out ListedFile? file)
        ? new CopyNode(NodeKind.File, file.Mode, 0, 0, file.SizeBytes, default)
        : directories.ContainsKey(path) ? new CopyNode(NodeKind.Directory, DirectoryMode, 0, 0, 0, default) : null;

    public IReadOnlyList<string> List(string directory) => [.. directories[directory]];

    public Stream Open(string path) => files[path].Open();

    public string ReadLink(string path) => throw new InvalidOperationException($"'{path}' is no link.");

    public void Dispose()
    {
    }

    private void AddToParent(string path)
    {
        int slash = path.LastIndexOf('/');
        string parent = slash < 0 ? "" : path[..slash];
        bool isNew = !directories.TryGetValue(parent, out SortedSet<string>? names);
        names ??= directories[parent] = new SortedSet<string>(StringComparer.Ordinal);
        names.Add(path[(slash + 1)..]);
        if (isNew)
        {
            AddToParent(parent);
        }
    }
}

/// <summary>One file of a listed tree.</summary>
/// <param name="Path">With slashes; a leading one is the root of the tree.</param>
/// <param name="Mode">Permission bits.</param>
/// <param name="SizeBytes">Its length.</param>
/// <param name="Open">Opens its bytes.</param>
public sealed record ListedFile(string Path, int Mode, long SizeBytes, Func<Stream> Open);
