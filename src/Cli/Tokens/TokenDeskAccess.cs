using Appliance.Admin.Api;
using Appliance.Cli.Serving;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;
using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;

namespace Appliance.Cli.Tokens;

/// <summary>The tokens of a data directory: through the server that runs on it, or directly when none does.</summary>
public sealed class TokenDeskAccess : IAsyncDisposable
{
    private readonly Func<ValueTask> close;

    private TokenDeskAccess(ITokenDesk desk, string? serverUrl, Func<ValueTask> close)
    {
        Desk = desk;
        ServerUrl = serverUrl;
        this.close = close;
    }

    public ITokenDesk Desk { get; }

    /// <summary>Where clients reach the server; null when none runs.</summary>
    public string? ServerUrl { get; }

    public static async Task<TokenDeskAccess> OpenAsync(string dataDirectory, CancellationToken cancellation)
    {
        if (await RunningServer.FindAsync(dataDirectory, cancellation) is { } client)
        {
            string url = (await client.GetStatusAsync(cancellation)).Grpc.Url;
            return new TokenDeskAccess(client, url, () =>
            {
                client.Dispose();
                return ValueTask.CompletedTask;
            });
        }

        if (!File.Exists(Path.Combine(dataDirectory, MetadataStore.FileName)))
        {
            throw new ApplianceException(
                ErrorKind.NotFound, $"'{dataDirectory}' holds no appliance data: name the right --data directory, or start 'appliance serve' once.");
        }

        MetadataStore store = await MetadataStore.OpenAsync(dataDirectory, TimeProvider.System);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, SettingKeys.Workspace.Default!);
        var tokens = new TokenAuthority(store, workspace, TimeProvider.System);
        var flows = new TokenFlowDesk(store, workspace, tokens, TimeProvider.System);
        return new TokenDeskAccess(new LocalTokenDesk(tokens, flows, TimeProvider.System), null, store.DisposeAsync);
    }

    public ValueTask DisposeAsync() => close();
}
