using System.Text;
using Appliance.Admin.Api;
using Appliance.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Appliance.Admin.Transfers;

/// <summary>Imports and exports on the admin socket: archives as bodies, and how far each transfer is.</summary>
public sealed class TransferEndpoints(IVolumeDesk desk, TimeProvider clock)
{
    internal const string Describe = "/volumes/describe";
    internal const string Directory = "/volumes/import/directory";
    internal const string Archive = "/volumes/import/archive";
    internal const string Export = "/volumes/export";
    internal const string Transfers = "/volumes/transfers/";
    internal const string Place = "/whereabouts";

    private readonly TransferTable transfers = new(clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        AdminRoutes.Map(routes.MapGet, Place, http =>
            AdminRoutes.Write(http, Whereabouts.OfThisProcess(), AdminJson.Default.Whereabouts));
        AdminRoutes.Map(routes.MapGet, Transfers + "{id}", http =>
            AdminRoutes.Write(http, transfers.Get((string)http.Request.RouteValues["id"]!), AdminJson.Default.TransferState));
        AdminRoutes.Map(routes.MapPost, Describe, async http => await AdminRoutes.Write(
            http,
            await desk.DescribeAsync(await AdminRoutes.Read(http, AdminJson.Default.VolumeLookup), http.RequestAborted),
            AdminJson.Default.VolumeSummary));
        AdminRoutes.Map(routes.MapPost, Directory, ImportDirectoryAsync);
        AdminRoutes.Map(routes.MapPost, Archive, ImportArchiveAsync);
        AdminRoutes.Map(routes.MapPost, Export, ExportAsync);
    }

    private static string IdOf(HttpContext http) => http.Request.Query["transfer"].ToString();

    private async Task ImportDirectoryAsync(HttpContext http)
    {
        DirectoryImport import = await AdminRoutes.Read(http, AdminJson.Default.DirectoryImport);
        TransferReport report = await transfers.RunAsync(IdOf(http), progress =>
            desk.ImportDirectoryAsync(import.Request, import.Path, progress, http.RequestAborted));
        await AdminRoutes.Write(http, report, AdminJson.Default.TransferReport);
    }

    private async Task ImportArchiveAsync(HttpContext http)
    {
        // What feeds the sender may pause for as long as it likes.
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
        using var text = new MemoryStream(Encoding.UTF8.GetBytes(http.Request.Query["request"].ToString()));
        ImportRequest request = await AdminRoutes.Read(text, AdminJson.Default.ImportRequest, http.RequestAborted);
        TransferReport report;
        try
        {
            report = await transfers.RunAsync(IdOf(http), progress =>
                desk.ImportArchiveAsync(request, http.Request.Body, progress, http.RequestAborted));
        }
        catch (ApplianceException)
        {
            // A client hears the answer only once it has sent all; the table tells it to stop.
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            throw;
        }

        await AdminRoutes.Write(http, report, AdminJson.Default.TransferReport);
    }

    private async Task ExportAsync(HttpContext http)
    {
        http.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate = null;
        ExportRequest request = await AdminRoutes.Read(http, AdminJson.Default.ExportRequest);
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
