using System.Text;
using Appliance.Blobs;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Gateways.Transfers.Blobs;

/// <summary>Where the bytes of blobs come in and go out, in S3's manner (contracts/modal.md §6).</summary>
public sealed class BlobEndpoints(BlobStore blobs, BlobLinks links)
{
    private const int Md5Bytes = 16;
    private const int CompletionBytesMax = 1024 * 1024;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(BlobLinks.Upload + "{link}", TransferFailures.Guard(PutAsync));
        routes.MapPut(BlobLinks.Part + "{link}", TransferFailures.Guard(PutPartAsync));
        routes.MapPost(BlobLinks.Completion + "{link}", TransferFailures.Guard(CompleteAsync));
        routes.MapMethods(BlobLinks.Download + "{link}", [HttpMethods.Get, HttpMethods.Head], TransferFailures.Guard(GetAsync));
    }

    private async Task PutAsync(HttpContext http)
    {
        (BlobId id, _) = Open(http, BlobLinks.Upload);
        AnswerStored(http, await blobs.Uploads.PutAsync(id, http.Request.Body, ReadMd5(http), http.RequestAborted));
    }

    private async Task PutPartAsync(HttpContext http)
    {
        (BlobId id, int number) = Open(http, BlobLinks.Part);
        AnswerStored(http, await blobs.Uploads.PutPartAsync(id, number, http.Request.Body, ReadMd5(http), http.RequestAborted));
    }

    private async Task CompleteAsync(HttpContext http)
    {
        (BlobId id, _) = Open(http, BlobLinks.Completion);
        string etag = await blobs.Uploads.CompleteAsync(id, CompletionText.Read(await ReadTextAsync(http)), http.RequestAborted);
        http.Response.ContentType = "application/xml";
        await http.Response.WriteAsync(CompletionText.Write(etag), http.RequestAborted);
    }

    private async Task GetAsync(HttpContext http)
    {
        (BlobId id, _) = Open(http, BlobLinks.Download);
        using OpenBlob blob = blobs.OpenRead(id);
        await FileAnswer.SendAsync(http, blob.Handle, blob.LengthBytes, blob.ETag);
    }

    private (BlobId Id, int Number) Open(HttpContext http, string purpose) =>
        links.Open(purpose, (string)http.Request.RouteValues["link"]!);

    private static void AnswerStored(HttpContext http, string etag)
    {
        http.Response.Headers.ETag = $"\"{etag}\"";
        http.Response.ContentLength = 0;
    }

    /// <exception cref="ApplianceException">InvalidArgument: the header is there and holds no MD5.</exception>
    private static byte[]? ReadMd5(HttpContext http)
    {
        string? text = http.Request.Headers.ContentMD5;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        byte[] md5 = new byte[Md5Bytes];
        return text.Length == 24 && Convert.TryFromBase64String(text, md5, out int length) && length == Md5Bytes
            ? md5
            : throw new ApplianceException(ErrorKind.InvalidArgument, $"The header Content-MD5 is not the base64 of {Md5Bytes} bytes.");
    }

    private static async Task<string> ReadTextAsync(HttpContext http)
    {
        byte[] text = new byte[CompletionBytesMax + 1];
        int length = await http.Request.Body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, http.RequestAborted);
        return length <= CompletionBytesMax
            ? Encoding.UTF8.GetString(text, 0, length)
            : throw new ApplianceException(ErrorKind.TooLarge, $"The list of parts is longer than {CompletionBytesMax} bytes.");
    }
}
