using System.Buffers.Binary;
using System.Text;
using Appliance.Blobs;
using Appliance.Core.Ids;
using Appliance.Identity.Links;

namespace Appliance.Gateways.Transfers.Blobs;

/// <summary>The paths under which blobs are sent and fetched without credentials: each says what may be done, until when.</summary>
public sealed class BlobLinks(LinkSigner signer)
{
    public const string Upload = "/blobs/upload/";
    public const string Part = "/blobs/part/";
    public const string Completion = "/blobs/complete/";
    public const string Download = "/blobs/download/";

    /// <summary>Long enough for a large file over a slow line, also one that is resumed.</summary>
    private static readonly TimeSpan DownloadLife = TimeSpan.FromHours(6);

    public string UploadPath(BlobId id) => Path(Upload, id, 0, BlobStore.UploadLife);

    public string PartPath(BlobId id, int number) => Path(Part, id, number, BlobStore.UploadLife);

    public string CompletionPath(BlobId id) => Path(Completion, id, 0, BlobStore.UploadLife);

    public string DownloadPath(BlobId id) => Path(Download, id, 0, DownloadLife);

    /// <summary>What a link of that purpose is about; the number is a part's.</summary>
    /// <exception cref="Core.Errors.ApplianceException">PermissionDenied: forged, for something else, or expired.</exception>
    public (BlobId Id, int Number) Open(string purpose, string link)
    {
        byte[] payload = signer.Open(purpose, link);
        return (BlobId.FromText(Encoding.ASCII.GetString(payload.AsSpan(sizeof(int)))), BinaryPrimitives.ReadInt32BigEndian(payload));
    }

    private string Path(string purpose, BlobId id, int number, TimeSpan lifetime)
    {
        byte[] payload = new byte[sizeof(int) + id.Text.Length];
        BinaryPrimitives.WriteInt32BigEndian(payload, number);
        Encoding.ASCII.GetBytes(id.Text, payload.AsSpan(sizeof(int)));
        return purpose + signer.Sign(purpose, payload, lifetime);
    }
}
