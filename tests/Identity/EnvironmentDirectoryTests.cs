using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Identity.Workspaces;
using Appliance.Metadata.Identity;

namespace Appliance.Tests.Identity;

public sealed class EnvironmentDirectoryTests
{
    [Fact]
    public async Task Find_EmptyName_IsTheDefaultEnvironment()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        EnvironmentRecord main = new EnvironmentDirectory(identity.Store).Get(Owner(identity), "");

        Assert.Equal(("main", EnvironmentRole.Default, "2025.06"), (main.Name, main.Role, main.ImageBuilderVersion));
    }

    [Fact]
    public async Task EnsureAsync_Again_KeepsWorkspaceAndEnvironments()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        WorkspaceModel again = await WorkspaceBootstrap.EnsureAsync(identity.Store, "another name");

        Assert.Equal(identity.Workspace, again);
        Assert.Single(new EnvironmentDirectory(identity.Store).List(Owner(identity)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-dev")]
    [InlineData("en-dev")]
    [InlineData("dev env")]
    [InlineData("dév")]
    public async Task Create_BadName_IsRefused(string name)
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => CreateAsync(identity, name));

        Assert.Equal(ErrorKind.InvalidArgument, refusal.Kind);
        Assert.Contains($"'{name}'", refusal.Message);
    }

    [Fact]
    public async Task Create_TakenName_AlreadyExists()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        await CreateAsync(identity, "Dev_1.x");

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => CreateAsync(identity, "Dev_1.x"));

        Assert.Equal(ErrorKind.AlreadyExists, refusal.Kind);
        Assert.Equal("dev-1-x", new EnvironmentDirectory(identity.Store).Get(Owner(identity), "Dev_1.x").WebhookSuffix);
    }

    [Fact]
    public async Task Delete_TheDefault_IsRefused()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() =>
            identity.Store.WriteAsync(write => EnvironmentDirectory.Delete(write, Owner(identity), "main")));

        Assert.Equal(ErrorKind.FailedPrecondition, refusal.Kind);
    }

    private static Task<EnvironmentRecord> CreateAsync(IdentityStore identity, string name) =>
        identity.Store.WriteAsync(write =>
        {
            // Whoever creates must exist: the row says who did.
            IdentityRows.EnsureToken(write, identity.Workspace.Id, Creator);
            return EnvironmentDirectory.Create(write, Owner(identity), name);
        });

    private static readonly TokenId Creator = ObjectId.Mint<TokenId>();

    private static Caller Owner(IdentityStore identity) => new(identity.Workspace.Id, Creator, "test");
}
