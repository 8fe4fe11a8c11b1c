using Appliance.Core.Digests;

namespace Appliance.Contents;

/// <summary>The place of one block in one file: what an upload or download of a block is about.</summary>
/// <param name="ContentId">Of the whole file; the digest itself when the file is exactly this block.</param>
/// <param name="SizeBytes">Of the whole file.</param>
/// <param name="Index">Counted from 0.</param>
/// <param name="Digest">Of the block, without trailing zeros.</param>
public sealed record BlockSlot(Digest ContentId, long SizeBytes, int Index, Digest Digest);
