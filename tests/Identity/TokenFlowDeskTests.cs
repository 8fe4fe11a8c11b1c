using Appliance.Core.Errors;
using Appliance.Identity.Flows;
using Appliance.Identity.Tokens;

namespace Appliance.Tests.Identity;

public sealed class TokenFlowDeskTests
{
    [Fact]
    public async Task WaitAsync_Approved_GivesATokenThatWorks()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        OpenedFlow flow = await identity.Flows.OpenAsync(default);
        Task<IssuedToken?> waiting = identity.Flows.WaitAsync(flow.Id, flow.WaitSecret, TimeSpan.FromSeconds(30), default);

        await identity.Flows.ApproveAsync(flow.Code.Replace("-", " "), "laptop", default);

        IssuedToken token = (await waiting.WaitAsync(TimeSpan.FromSeconds(10)))!;
        Assert.Equal("laptop", identity.Tokens.Verify(token.Id.Text, token.Secret)?.TokenName);
    }

    [Fact]
    public async Task WaitAsync_ReplyLost_GivesANewSecretUntilTheTokenIsUsed()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        OpenedFlow flow = await identity.Flows.OpenAsync(default);
        await identity.Flows.ApproveAsync(flow.Code, "laptop", default);
        IssuedToken lost = (await identity.Flows.WaitAsync(flow.Id, flow.WaitSecret, TimeSpan.Zero, default))!;
        Assert.NotNull(identity.Tokens.Verify(lost.Id.Text, lost.Secret));

        IssuedToken got = (await identity.Flows.WaitAsync(flow.Id, flow.WaitSecret, TimeSpan.Zero, default))!;

        Assert.Equal(lost.Id, got.Id);
        Assert.Null(identity.Tokens.Verify(lost.Id.Text, lost.Secret));
        Assert.NotNull(identity.Tokens.Verify(got.Id.Text, got.Secret));
        await identity.Flows.CloseFlowOfAsync(got.Id);
        await Assert.ThrowsAsync<ApplianceException>(() => identity.Flows.WaitAsync(flow.Id, flow.WaitSecret, TimeSpan.Zero, default));
        Assert.NotNull(identity.Tokens.Verify(got.Id.Text, got.Secret));
    }

    [Fact]
    public async Task WaitAsync_Expired_IsNotFound()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        OpenedFlow flow = await identity.Flows.OpenAsync(default);

        identity.Clock.Now += TokenFlowDesk.Lifetime;

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() =>
            identity.Flows.WaitAsync(flow.Id, flow.WaitSecret, TimeSpan.Zero, default));
        Assert.Equal(ErrorKind.NotFound, refusal.Kind);
        await Assert.ThrowsAsync<ApplianceException>(() => identity.Flows.ApproveAsync(flow.Code, "late", default));
    }

    [Fact]
    public async Task OpenAsync_TooMany_IsRefusedUntilTheyExpire()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => identity.Flows.OpenAsync(default)));

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => identity.Flows.OpenAsync(default));

        Assert.Equal(ErrorKind.ResourceExhausted, refusal.Kind);
        identity.Clock.Now += TokenFlowDesk.Lifetime;
        await identity.Flows.OpenAsync(default);
    }
}
