using Appliance.Core.Digests;
using Appliance.Core.Ids;

namespace Appliance.Metadata.Blobs;

/// <summary>One blob.</summary>
/// <param name="Id">Its id.</param>
/// <param name="WorkspaceId">Whose it is.</param>
/// <param name="State">Whether its bytes are there.</param>
/// <param name="LengthBytes">As declared.</param>
/// <param name="PartLengthBytes">Of all parts but the last; null when it comes as one.</param>
/// <param name="Md5">As declared, 16 bytes; null when it was not, or when parts make it useless.</param>
/// <param name="Sha256">As declared; once stored, of the bytes that are there.</param>
/// <param name="ETag">Once stored: the hexadecimal MD5 of the bytes, or of those of the parts and their number.</param>
/// <param name="CreatedAt">In whole microseconds.</param>
/// <param name="ExpiresAt">When it is removed unless something pins it.</param>
public sealed record BlobRecord(
    BlobId Id,
    WorkspaceId WorkspaceId,
    BlobState State,
    long LengthBytes,
    long? PartLengthBytes,
    byte[]? Md5,
    Digest? Sha256,
    string? ETag,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt);
