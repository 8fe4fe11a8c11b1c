namespace Appliance.Blocks;

/// <summary>
/// Trailing zero bytes are not part of a block: both ends strip them before hashing, and whoever knows the file's
/// length puts them back. A block of zeros only is therefore the empty one, Digest.OfNothing.
/// </summary>
public static class ZeroTail
{
    public static ReadOnlyMemory<byte> Strip(ReadOnlyMemory<byte> content) =>
        content[..(content.Span.LastIndexOfAnyExcept((byte)0) + 1)];
}
