using Appliance.Core.Digests;

namespace Appliance.Metadata.Contents;

/// <summary>A content that lies in a file of its own.</summary>
/// <param name="Id">The digest of size and blocks.</param>
/// <param name="SizeBytes">Of the file, with all its zeros.</param>
/// <param name="Blocks">One for each 8 MiB, hashed without trailing zeros.</param>
public sealed record ContentRecord(Digest Id, long SizeBytes, IReadOnlyList<Digest> Blocks);
