using Appliance.Core.Digests;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class IdentityTests : IAsyncLifetime
{
    private readonly TestDirectory directory = new();
    private MetadataStore store = null!;
    private WorkspaceRecord workspace = null!;

    public async Task InitializeAsync()
    {
        store = await directory.OpenAsync();
        workspace = await store.WriteAsync(write => Workspaces.Ensure(write, "home"));
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public async Task WorkspacesEnsure_Twice_IsTheSame() =>
        Assert.Equal(workspace, await store.WriteAsync(write => Workspaces.Ensure(write, "home")));

    [Fact]
    public async Task Environments_AddedAndRead_AreEqual()
    {
        EnvironmentRecord main = await AddAsync("main", EnvironmentRole.Default);
        EnvironmentRecord dev = await AddAsync("dev");

        Assert.Equal(main, store.Read(read => Environments.Find(read, main.Id)));
        Assert.Equal(dev, store.Read(read => Environments.FindByName(read, workspace.Id, "dev")));
        Assert.Equal(main, store.Read(read => Environments.FindDefault(read, workspace.Id)));
        Assert.Equal([dev, main], store.Read(read => Environments.List(read, workspace.Id)));
        Assert.Null(store.Read(read => Environments.FindByName(read, workspace.Id, "Dev")));
    }

    [Fact]
    public async Task EnvironmentsAdd_NameOrDefaultTaken_IsAlreadyExists()
    {
        await AddAsync("main", EnvironmentRole.Default);

        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<ApplianceException>(() => AddAsync("main"))).Kind);
        Assert.Equal(
            ErrorKind.AlreadyExists,
            (await Assert.ThrowsAsync<ApplianceException>(() => AddAsync("second", EnvironmentRole.Default))).Kind);
    }

    [Fact]
    public async Task EnvironmentsUpdate_Renamed_KeepsTheRest()
    {
        EnvironmentRecord dev = await AddAsync("dev");
        await AddAsync("main");
        EnvironmentRecord renamed = dev with { Name = "test", WebhookSuffix = string.Empty, ImageBuilderVersion = "2025.06" };
        await store.WriteAsync(write => Environments.Update(write, renamed));
        Assert.Equal(renamed, store.Read(read => Environments.Find(read, dev.Id)));

        var taken = await Assert.ThrowsAsync<ApplianceException>(
            () => store.WriteAsync(write => Environments.Update(write, renamed with { Name = "main" })));
        Assert.Equal(ErrorKind.AlreadyExists, taken.Kind);
    }

    [Fact]
    public async Task EnvironmentsDelete_Twice_IsTrueThenFalse()
    {
        EnvironmentRecord dev = await AddAsync("dev");

        Assert.True(await store.WriteAsync(write => Environments.Delete(write, dev.Id)));
        Assert.False(await store.WriteAsync(write => Environments.Delete(write, dev.Id)));
        var missing = await Assert.ThrowsAsync<ApplianceException>(
            () => store.WriteAsync(write => Environments.Update(write, dev)));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
    }

    [Fact]
    public async Task Tokens_AddedListedRevoked_KeepTheFirstRevocation()
    {
        Digest secret = Digest.Of("as-secret"u8);
        TokenRecord token = await store.WriteAsync(write =>
        {
            var record = new TokenRecord(
                ObjectId.Mint<TokenId>(), workspace.Id, "laptop ü", secret, write.Now, write.Now + TimeSpan.FromDays(1), null);
            Tokens.Add(write, record);
            return record;
        });

        Assert.Equal(token, store.Read(read => Tokens.Find(read, token.Id)));
        Assert.True(token.HasSecret(secret));
        Assert.False(token.HasSecret(Digest.OfNothing));
        Assert.True(token.IsLiveAt(token.CreatedAt));
        Assert.False(token.IsLiveAt(token.CreatedAt + TimeSpan.FromDays(1)));

        Assert.True(await store.WriteAsync(write => Tokens.Revoke(write, token.Id)));
        Assert.False(await store.WriteAsync(write => Tokens.Revoke(write, token.Id)));
        TokenRecord revoked = Assert.Single(store.Read(read => Tokens.List(read, workspace.Id)));
        Assert.False(revoked.IsLiveAt(token.CreatedAt));
    }

    private Task<EnvironmentRecord> AddAsync(string name, EnvironmentRole role = EnvironmentRole.Named) =>
        store.WriteAsync(write =>
        {
            var record = new EnvironmentRecord(
                ObjectId.Mint<EnvironmentId>(), workspace.Id, name, name, "2024.10", role, write.Now, CreatedBy: null);
            Environments.Add(write, record);
            return record;
        });
}
