using System.Text;
using System.Text.Json.Serialization.Metadata;
using Appliance.Admin.Api;
using Appliance.Admin.Transfers;
using Appliance.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Appliance.Admin.Images;

/// <summary>Images on the admin socket.</summary>
public sealed class ImageEndpoints(IImageDesk desk, TimeProvider clock)
{
    internal const string List = "/images";
    internal const string Inspect = "/images/inspect";
    internal const string Tag = "/images/tag";
    internal const string Remove = "/images/remove";
    internal const string Prune = "/images/prune";
    internal const string ImportPath = "/images/import/path";
    internal const string ImportArchive = "/images/import/archive";
    internal const string Pull = "/images/pull";
    internal const string Export = "/images/export";
    internal const string Transfers = "/images/transfers/";

    private readonly TransferTable transfers = new(clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        AdminRoutes.Map(routes.MapGet, List, async http =>
            await AdminRoutes.Write(http, await desk.ListAsync(http.RequestAborted), AdminJson.Default.IReadOnlyListImageSummary));
        AdminRoutes.Map(routes.MapGet, Inspect, async http =>
            await AdminRoutes.Write(http, await desk.InspectAsync(http.Request.Query["image"].ToString(), http.RequestAborted), AdminJson.Default.ImageDetail));
        AdminRoutes.Map(routes.MapGet, Transfers + "{id}", http =>
            AdminRoutes.Write(http, transfers.Get((string)http.Request.RouteValues["id"]!), AdminJson.Default.TransferState));
        Post(routes, Tag, AdminJson.Default.ImageTagging, AdminJson.Default.ImageSummary, desk.TagAsync);
        Post(routes, Remove, AdminJson.Default.ImageRemoval, AdminJson.Default.ImageRemoved, desk.RemoveAsync);
        Post(routes, Prune, AdminJson.Default.ImagePruning, AdminJson.Default.ImagePruned, desk.PruneAsync);
        AdminRoutes.Map(routes.MapPost, ImportPath, ImportPathAsync);
        AdminRoutes.Map(routes.MapPost, ImportArchive, ImportArchiveAsync);
        AdminRoutes.Map(routes.MapPost, Pull, PullAsync);
        AdminRoutes.Map(routes.MapPost, Export, ExportAsync);
    }

    private static void Post<TRequest, TAnswer>(
        IEndpointRouteBuilder routes,
        string path,
        JsonTypeInfo<TRequest> request,
        JsonTypeInfo<TAnswer> answer,
        Func<TRequest, CancellationToken, Task<TAnswer>> work) => AdminRoutes.Map(routes.MapPost, path, async http =>
            await AdminRoutes.Write(http, await work(await AdminRoutes.Read(http, request), http.RequestAborted), answer));

    private static string IdOf(HttpContext http) => http.Request.Query["transfer"].ToString();

    private async Task ImportPathAsync(HttpContext http)
    {
        ImagePathImport import = await AdminRoutes.Read(http, AdminJson.Default.ImagePathImport);
        IReadOnlyList<ImageSummary> imported = await transfers.RunAsync(IdOf(http), progress =>
            desk.ImportPathAsync(import.Import, import.Path, progress, http.RequestAborted));
        await AdminRoutes.Write(http, imported, AdminJson.Default.IReadOnlyListImageSummary);
    }

    private async Task ImportArchiveAsync(HttpContext http)
    {
        // What feeds the sender may pause for as long as it likes.
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(http.Request.Query["import"].ToString()));
        ImageImport import = await AdminRoutes.Read(text, AdminJson.Default.ImageImport, http.RequestAborted);
        IReadOnlyList<ImageSummary> imported;
        try
        {
            imported = await transfers.RunAsync(IdOf(http), progress =>
                desk.ImportArchiveAsync(import, http.Request.Body, progress, http.RequestAborted));
        }
        catch (ApplianceException)
        {
            // A client hears the answer only once it has sent all; the table tells it to stop.
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            throw;
        }

        await AdminRoutes.Write(http, imported, AdminJson.Default.IReadOnlyListImageSummary);
    }

    private async Task PullAsync(HttpContext http)
    {
        ImagePull pull = await AdminRoutes.Read(http, AdminJson.Default.ImagePull);
        ImageSummary pulled = await transfers.RunAsync(IdOf(http), progress => desk.PullAsync(pull, progress, http.RequestAborted));
        await AdminRoutes.Write(http, pulled, AdminJson.Default.ImageSummary);
    }

    private async Task ExportAsync(HttpContext http)
    {
        http.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate = null;
        ImageExportRequest request = await AdminRoutes.Read(http, AdminJson.Default.ImageExportRequest);
        try
        {
            await transfers.RunAsync(IdOf(http), async progress =>
            {
                await desk.ExportAsync(request, http.Response.Body, progress, http.RequestAborted);
                return true;
            });
        }
        catch (ApplianceException) when (http.Response.HasStarted)
        {
            // The client sees that the body is cut short, and asks why.
            http.Abort();
        }
    }
}
