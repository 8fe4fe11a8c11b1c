using Appliance.Core.Digests;

namespace Appliance.Blobs;

/// <summary>What a client says about a blob before it sends it.</summary>
/// <param name="LengthBytes">Exactly.</param>
/// <param name="Md5">16 bytes; null when it does not know it.</param>
/// <param name="Sha256">Null when it says nothing.</param>
public sealed record BlobDeclaration(long LengthBytes, byte[]? Md5, Digest? Sha256);
