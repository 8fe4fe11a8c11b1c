using Appliance.Core.Digests;

namespace Appliance.Metadata.Images;

/// <summary>The row of one layer.</summary>
/// <param name="Key">Its number in other tables.</param>
/// <param name="Name">Of its directory.</param>
/// <param name="DiffId">SHA-256 of the tar archive it was unpacked from; null for one that never was an archive.</param>
/// <param name="Below">
/// Null when the archive alone says what the layer holds; otherwise names the layers below, which lent it something.
/// </param>
/// <param name="SizeBytes">The lengths of its files.</param>
/// <param name="EntryCount">How many files, directories and so on.</param>
public sealed record ImageLayerRecord(long Key, string Name, Digest? DiffId, Digest? Below, long SizeBytes, long EntryCount);
