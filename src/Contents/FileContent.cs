using Appliance.Core.Digests;

namespace Appliance.Contents;

/// <summary>What a file holds: by content, so that equal files are stored once.</summary>
/// <param name="Form">Where the bytes lie.</param>
/// <param name="Id">The block's digest, or the content's id; of an empty file, the digest of nothing.</param>
/// <param name="SizeBytes">The length of the file.</param>
public readonly record struct FileContent(ContentForm Form, Digest Id, long SizeBytes)
{
    public static FileContent Empty { get; } = new(ContentForm.Empty, Digest.OfNothing, 0);
}
