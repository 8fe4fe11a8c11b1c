using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;
using Appliance.Identity.Workspaces;
using Appliance.Metadata;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Identity;

/// <summary>Identity over a real database, on a clock that the test moves.</summary>
internal sealed class IdentityStore : IAsyncDisposable
{
    private readonly TestDirectory directory;

    private IdentityStore(TestDirectory directory, FakeTime clock)
    {
        this.directory = directory;
        Clock = clock;
    }

    public FakeTime Clock { get; }

    public required MetadataStore Store { get; init; }

    public required WorkspaceModel Workspace { get; init; }

    public required TokenAuthority Tokens { get; init; }

    public required TokenFlowDesk Flows { get; init; }

    public required WebTokenSigner WebTokens { get; init; }

    public static async Task<IdentityStore> OpenAsync()
    {
        var clock = new FakeTime(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        var directory = new TestDirectory();
        MetadataStore store = await MetadataStore.OpenAsync(directory.Path, clock);
        WorkspaceModel workspace = await WorkspaceBootstrap.EnsureAsync(store, "lab");
        var tokens = new TokenAuthority(store, workspace, clock);
        return new IdentityStore(directory, clock)
        {
            Store = store,
            Workspace = workspace,
            Tokens = tokens,
            Flows = new TokenFlowDesk(store, workspace, tokens, clock),
            WebTokens = await WebTokenSigner.OpenAsync(store, clock),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        directory.Dispose();
    }
}
