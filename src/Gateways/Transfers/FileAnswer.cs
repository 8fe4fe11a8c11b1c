using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Gateways.Transfers;

/// <summary>
/// Answers GET and HEAD with bytes of a file that does not change, or with the range of them that is asked for, so that
/// a transfer that broke off can go on.
/// </summary>
public static class FileAnswer
{
    private const int ChunkBytes = 256 * 1024;

    /// <param name="http">The request and its answer.</param>
    /// <param name="file">Open for reading.</param>
    /// <param name="lengthBytes">Of the whole, from the file's first byte.</param>
    /// <param name="etag">Without quotes; the same for as long as the bytes are.</param>
    public static async Task SendAsync(HttpContext http, SafeFileHandle file, long lengthBytes, string etag)
    {
        var tag = new EntityTagHeaderValue($"\"{etag}\"");
        ResponseHeaders headers = http.Response.GetTypedHeaders();
        headers.ETag = tag;
        http.Response.Headers.AcceptRanges = "bytes";
        http.Response.ContentType = "application/octet-stream";
        (long From, long Length)? range = (0, lengthBytes);
        if (FindRange(http, tag) is { } asked)
        {
            range = Resolve(asked, lengthBytes);
            if (range is not { } part)
            {
                headers.ContentRange = new ContentRangeHeaderValue(lengthBytes);
                http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                return;
            }

            headers.ContentRange = new ContentRangeHeaderValue(part.From, part.From + part.Length - 1, lengthBytes);
            http.Response.StatusCode = StatusCodes.Status206PartialContent;
        }

        http.Response.ContentLength = range.Value.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await CopyAsync(http, file, range.Value.From, range.Value.Length);
        }
    }

    /// <summary>The one range that is asked for. Several at once, or of a file that is another now, mean all of it (RFC 9110, 14.2).</summary>
    private static RangeItemHeaderValue? FindRange(HttpContext http, EntityTagHeaderValue tag)
    {
        RequestHeaders headers = http.Request.GetTypedHeaders();
        bool isMeant = headers.IfRange is not { } condition
            || (condition.EntityTag is { } known && known.Compare(tag, useStrongComparison: true));
        return isMeant && headers.Range is { Ranges.Count: 1 } asked && asked.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase)
            ? asked.Ranges.First()
            : null;
    }

    private static (long From, long Length)? Resolve(RangeItemHeaderValue asked, long lengthBytes)
    {
        if (asked.From is not { } from)
        {
            // The last so many bytes.
            long count = Math.Min(asked.To!.Value, lengthBytes);
            return count > 0 ? (lengthBytes - count, count) : null;
        }

        long to = Math.Min(asked.To ?? long.MaxValue, lengthBytes - 1);
        return from <= to ? (from, to - from + 1) : null;
    }

    private static async Task CopyAsync(HttpContext http, SafeFileHandle file, long offset, long lengthBytes)
    {
        // A reader that works on what it got may pause for long; only a connection that breaks ends the transfer.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        long end = offset + lengthBytes;
        while (offset < end)
        {
            Memory<byte> room = http.Response.BodyWriter.GetMemory(ChunkBytes);
            int count = (int)Math.Min(room.Length, end - offset);
            int read = await RandomAccess.ReadAsync(file, room[..count], offset, http.RequestAborted);
            if (read == 0)
            {
                // Shorter than what is on record: the client must not take it for the whole.
                http.Abort();
                return;
            }

            http.Response.BodyWriter.Advance(read);
            offset += read;
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
    }
}
