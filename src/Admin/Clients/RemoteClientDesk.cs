using System.Net.Http.Json;
using Appliance.Admin.Api;
using Appliance.Mounts.Clients;

namespace Appliance.Admin.Clients;

/// <summary>Asks the running server, which reads the files itself.</summary>
public sealed class RemoteClientDesk(AdminClient client) : IClientDesk
{
    public async Task<IReadOnlyList<ClientMount>> AddAsync(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        // Thousands of small files take longer than other answers.
        using HttpResponseMessage response = await client.OpenAsync(
            HttpMethod.Post, ClientEndpoints.Path, JsonContent.Create(new ClientAddition(paths), AdminJson.Default.ClientAddition), cancellation);
        return (await response.Content.ReadFromJsonAsync(AdminJson.Default.IReadOnlyListClientMount, cancellation))!;
    }

    public Task<IReadOnlyList<ClientMount>> ListAsync(CancellationToken cancellation) =>
        client.SendAsync(HttpMethod.Get, ClientEndpoints.Path, null, AdminJson.Default.IReadOnlyListClientMount, cancellation);
}
