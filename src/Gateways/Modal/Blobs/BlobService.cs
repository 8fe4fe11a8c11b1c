using System.Net;
using Appliance.Blobs;
using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Transfers.Blobs;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Blobs;
using Appliance.Protos.Modal;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Blobs;

/// <summary>
/// Hands out the links for blobs. The response has two forms, of which each client reads one, so both are filled: the
/// single link is for JS, which refuses parts, and the lists are for Python (contracts/modal.md §6).
/// </summary>
public sealed class BlobService(MetadataStore store, BlobStore blobs, BlobLinks links, PublicAddress address) : ModalClient.ModalClientBase
{
    private const int Md5Bytes = 16;

    /// <summary>What the Python client says instead of the MD5 of a large file, which it does not know.</summary>
    private static readonly byte[] UnknownMd5 = Convert.FromHexString("baadbaadbaadbaadbaadbaadbaadbaad");

    public override async Task<BlobCreateResponse> BlobCreate(BlobCreateRequest request, ServerCallContext context)
    {
        var declaration = new BlobDeclaration(
            request.ContentLength, ReadMd5(request.ContentMd5), ReadSha256(request.ContentSha256Base64));
        Caller caller = context.GetCaller();
        var prepared = ObjectId.Mint<BlobId>();
        BlobCreateResponse? response = null;
        blobs.Prepare(prepared, declaration);
        try
        {
            return response = await store.WriteOnceAsync(
                context, request, write => Answer(context, BlobStore.Announce(write, caller, prepared, declaration)));
        }
        finally
        {
            // A repeated call answers the blob that its first one made.
            if (response?.BlobId != prepared.Text)
            {
                blobs.Unprepare(prepared);
            }
        }
    }

    public override Task<BlobGetResponse> BlobGet(BlobGetRequest request, ServerCallContext context)
    {
        BlobRecord blob = blobs.Get(context.GetCaller(), request.BlobId);
        return Task.FromResult(new BlobGetResponse { DownloadUrl = address.HttpUrl(context, links.DownloadPath(blob.Id)) });
    }

    private BlobCreateResponse Answer(ServerCallContext context, BlobRecord blob)
    {
        var response = new BlobCreateResponse { BlobId = blob.Id.Text };
        response.BlobIds.Add(blob.Id.Text);
        string url = address.HttpUrl(context, links.UploadPath(blob.Id));
        if (blob.PartLengthBytes is null && TakesWholeUploads(new Uri(url)))
        {
            response.UploadUrls = new UploadUrlList();
            response.UploadUrls.Items.Add(url);
        }
        else
        {
            response.Multiparts = new MultiPartUploadList();
            response.Multiparts.Items.Add(ToParts(context, blob));
        }

        if (blob.PartLengthBytes is null)
        {
            response.UploadUrl = url;
        }
        else
        {
            response.Multipart = ToParts(context, blob);
        }

        return response;
    }

    private MultiPartUpload ToParts(ServerCallContext context, BlobRecord blob)
    {
        var upload = new MultiPartUpload
        {
            PartLength = blob.PartLengthBytes ?? Math.Max(1, blob.LengthBytes),
            CompletionUrl = address.HttpUrl(context, links.CompletionPath(blob.Id)),
        };
        upload.UploadUrls.AddRange(Enumerable.Range(1, PartPlan.CountParts(blob))
            .Select(number => address.HttpUrl(context, links.PartPath(blob.Id, number))));
        return upload;
    }

    /// <summary>
    /// The Python client sends whole blobs to hosts of S3, to 'localhost' and to private addresses (its use_md5), and
    /// fails for all others; parts it sends to any.
    /// </summary>
    private static bool TakesWholeUploads(Uri url)
    {
        if (url.Host == "localhost")
        {
            return true;
        }

        Span<byte> octets = stackalloc byte[4];
        return IPAddress.TryParse(url.Host, out IPAddress? host) && host.TryWriteBytes(octets, out int length) && length == octets.Length
            && (octets[0], octets[1]) is (127 or 10, _) or (172, >= 16 and < 32) or (192, 168) or (169, 254);
    }

    private static byte[]? ReadMd5(string text) =>
        ReadBase64(text, Md5Bytes, "content_md5") is { } md5 && !md5.AsSpan().SequenceEqual(UnknownMd5) ? md5 : null;

    private static Digest? ReadSha256(string text) =>
        ReadBase64(text, Digest.LengthBytes, "content_sha256_base64") is { } sha256 ? Digest.FromBytes(sha256) : null;

    private static byte[]? ReadBase64(string text, int lengthBytes, string field)
    {
        if (text.Length == 0)
        {
            return null;
        }

        byte[] value = new byte[lengthBytes];
        return text.Length <= lengthBytes * 2 && Convert.TryFromBase64String(text, value, out int length) && length == lengthBytes
            ? value
            : throw new ApplianceException(ErrorKind.InvalidArgument, $"'{field}' is not the base64 of {lengthBytes} bytes.");
    }
}
