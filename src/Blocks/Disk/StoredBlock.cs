using Appliance.Core.Digests;

namespace Appliance.Blocks.Disk;

/// <summary>A block as the directory lists it.</summary>
internal readonly record struct StoredBlock(Digest Digest, int LengthBytes, DateTimeOffset StoredAt);
