using Appliance.Core.Digests;

namespace Appliance.Blocks.Disk;

/// <summary>
/// Where things lie under the store's directory. This is the format on disk:
/// <code>
/// 00/ … ff/     shelves: block abcdef… is the file ab/cdef…
/// tmp/          blocks being written; emptied when the store opens
/// trash/        blocks being deleted; emptied when the store opens
/// quarantine/   what is left of damaged blocks, under their full digest, for a person to look at
/// lock          held by the process that has the store open
/// </code>
/// </summary>
internal sealed class BlockLayout(string directory)
{
    public const int ShelfCount = 256;

    public string Directory { get; } = directory;

    public string Temporary { get; } = Path.Combine(directory, "tmp");

    public string Trash { get; } = Path.Combine(directory, "trash");

    public string Quarantine { get; } = Path.Combine(directory, "quarantine");

    public string Lock { get; } = Path.Combine(directory, "lock");

    public static int ShelfOf(Digest digest)
    {
        Span<byte> bytes = stackalloc byte[Digest.LengthBytes];
        digest.CopyTo(bytes);
        return bytes[0];
    }

    public string Shelf(int shelf) => Path.Combine(Directory, shelf.ToString("x2"));

    public string Block(Digest digest)
    {
        string name = digest.ToString();
        return $"{Directory}/{name.AsSpan(0, 2)}/{name.AsSpan(2)}";
    }

    /// <summary>Reads a file name in a shelf; anything that is not the rest of a digest is not a block.</summary>
    public static bool TryReadName(int shelf, ReadOnlySpan<char> name, out Digest digest) =>
        Digest.TryReadHex($"{shelf:x2}{name}", out digest);
}
