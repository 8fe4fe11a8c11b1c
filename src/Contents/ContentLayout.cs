using Appliance.Core.Digests;

namespace Appliance.Contents;

/// <summary>
/// Where things lie under the store's directory. This is the format on disk:
/// <code>
/// 00/ … ff/     shelves: content abcdef… is the file ab/cdef…, byte for byte what a user's file holds
/// parts/        contents that lack blocks yet, under their full id; kept for a while, so that an upload can go on
/// imports/      files on their way in whose content is not known yet; emptied when the store opens
/// trash/        contents being deleted; emptied when the store opens
/// </code>
/// </summary>
internal sealed class ContentLayout(string directory)
{
    public string Directory { get; } = directory;

    public string Parts { get; } = Path.Combine(directory, "parts");

    public string Imports { get; } = Path.Combine(directory, "imports");

    public string Trash { get; } = Path.Combine(directory, "trash");

    public IEnumerable<string> Shelves => Enumerable.Range(0, 256).Select(shelf => Path.Combine(Directory, shelf.ToString("x2")));

    public string File(Digest id)
    {
        string name = id.ToString();
        return $"{Directory}/{name.AsSpan(0, 2)}/{name.AsSpan(2)}";
    }

    public string Part(Digest id) => Path.Combine(Parts, id.ToString());

    public string Doomed(Digest id) => Path.Combine(Trash, id.ToString());
}
