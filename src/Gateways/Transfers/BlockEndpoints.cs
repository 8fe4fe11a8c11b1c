using Appliance.Contents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Appliance.Gateways.Transfers;

/// <summary>Sends and receives single blocks of files over plain HTTP; the link is the permission.</summary>
public sealed class BlockEndpoints(BlockLinks links, ContentStore contents)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut(BlockLinks.Route + "{link}", TransferFailures.Guard(PutAsync));
        routes.MapGet(BlockLinks.Route + "{link}", TransferFailures.Guard(GetAsync));
    }

    private async Task PutAsync(HttpContext http)
    {
        BlockSlot slot = links.OpenPut(LinkOf(http));
        await contents.PutBlockAsync(slot, http.Request.Body, http.RequestAborted);

        // Clients hand these bytes back with the file's description. What counts is what arrived, so they say nothing.
        await http.Response.WriteAsync(slot.Digest.ToString(), http.RequestAborted);
    }

    private async Task GetAsync(HttpContext http)
    {
        (BlockSlot slot, int offset, int length) = links.OpenGet(LinkOf(http));
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = length;
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        bool isWhole = length == FileShape.LengthOfBlock(slot.SizeBytes, slot.Index);
        await (isWhole
            ? contents.Reader.CopyBlockAsync(slot, http.Response.Body, http.RequestAborted)
            : contents.Reader.CopyPartAsync(slot, offset, length, http.Response.Body, http.RequestAborted));
    }

    private static string LinkOf(HttpContext http) => (string)http.Request.RouteValues["link"]!;
}
