using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Admin.Api;

namespace Appliance.Admin.Space;

/// <summary>Asks the running server.</summary>
public sealed class RemoteSpaceDesk(AdminClient client) : ISpaceDesk
{
    public Task<SpaceReport> ReportAsync(CancellationToken cancellation) =>
        AskAsync(HttpMethod.Get, SpaceEndpoints.Report, null, AdminJson.Default.SpaceReport, cancellation);

    public Task<PruneReport> PruneAsync(PruneRequest request, CancellationToken cancellation) => AskAsync(
        HttpMethod.Post, SpaceEndpoints.Prune, JsonContent.Create(request, AdminJson.Default.PruneRequest), AdminJson.Default.PruneReport, cancellation);

    // Millions of files are looked at for longer than other answers take.
    private async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await client.OpenAsync(method, path, content, cancellation);
        return (await response.Content.ReadFromJsonAsync(type, cancellation))!;
    }
}
