using Appliance.Core.Digests;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class TokenFlowsTests : IAsyncLifetime
{
    private static readonly Digest WaitSecret = Digest.Of("wait"u8);
    private static readonly Digest FirstSecret = Digest.Of("first"u8);
    private static readonly Digest SecondSecret = Digest.Of("second"u8);

    private readonly TestDirectory directory = new();
    private readonly FakeTime time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private MetadataStore store = null!;
    private WorkspaceRecord workspace = null!;
    private TokenFlowRecord flow = null!;

    public async Task InitializeAsync()
    {
        store = await MetadataStore.OpenAsync(directory.Path, time);
        workspace = await store.WriteAsync(write => Workspaces.Ensure(write, "home"));
        flow = await store.WriteAsync(write => TokenFlows.Open(write, WaitSecret, "ABCD-1234", TimeSpan.FromMinutes(15)));
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        directory.Dispose();
    }

    [Fact]
    public void Find_Opened_IsPending()
    {
        Assert.Equal(flow, store.Read(read => TokenFlows.Find(read, flow.Id)));
        Assert.Equal(flow, store.Read(read => TokenFlows.FindByCode(read, "ABCD-1234")));
        Assert.Equal(TokenFlowState.Pending, flow.State);
    }

    [Fact]
    public async Task Redeem_NotApprovedOrWrongSecret_IsNull()
    {
        Assert.Null(await RedeemAsync(WaitSecret, FirstSecret));
        Assert.True(await ApproveAsync());
        Assert.Null(await RedeemAsync(Digest.Of("guess"u8), FirstSecret));
        Assert.Empty(store.Read(read => Tokens.List(read, workspace.Id)));
    }

    [Fact]
    public async Task Redeem_AgainAfterALostReply_ReplacesTheSecretOfTheSameToken()
    {
        Assert.True(await ApproveAsync());
        TokenRecord first = (await RedeemAsync(WaitSecret, FirstSecret))!;
        TokenRecord second = (await RedeemAsync(WaitSecret, SecondSecret))!;

        Assert.Equal(first with { SecretHash = SecondSecret }, second);
        Assert.Equal(second, Assert.Single(store.Read(read => Tokens.List(read, workspace.Id))));

        Assert.True(await store.WriteAsync(write => TokenFlows.Close(write, flow.Id)));
        Assert.Null(await RedeemAsync(WaitSecret, FirstSecret));
    }

    [Fact]
    public async Task Approve_RefusedOrExpired_IsFalse()
    {
        Assert.True(await store.WriteAsync(write => TokenFlows.Refuse(write, flow.Id)));
        Assert.False(await ApproveAsync());

        TokenFlowRecord late = await store.WriteAsync(write => TokenFlows.Open(write, WaitSecret, "LATE", TimeSpan.FromMinutes(1)));
        time.Now += TimeSpan.FromMinutes(1);
        Assert.False(await store.WriteAsync(write => TokenFlows.Approve(write, late.Id, workspace.Id, "laptop")));
    }

    [Fact]
    public async Task Purge_ExpiredAfterRedeem_RemovesTheFlowAndKeepsTheToken()
    {
        Assert.True(await ApproveAsync());
        await RedeemAsync(WaitSecret, FirstSecret);
        time.Now += TimeSpan.FromMinutes(15);

        Assert.Null(await RedeemAsync(WaitSecret, SecondSecret));
        Assert.Equal(1, await store.WriteAsync(TokenFlows.Purge));
        Assert.True(Assert.Single(store.Read(read => Tokens.List(read, workspace.Id))).HasSecret(FirstSecret));
    }

    public Task<TokenRecord?> RedeemAsync(Digest waitSecret, Digest secret) =>
        store.WriteAsync(write => TokenFlows.Redeem(write, flow.Id, waitSecret, secret));

    private Task<bool> ApproveAsync() =>
        store.WriteAsync(write => TokenFlows.Approve(write, flow.Id, workspace.Id, "laptop"));
}
