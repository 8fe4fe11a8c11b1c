using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity.Tokens;

namespace Appliance.Tests.Identity;

public sealed class TokenAuthorityTests
{
    [Fact]
    public async Task Verify_IssuedToken_NamesItsCaller()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        IssuedToken token = await identity.Tokens.IssueAsync("laptop", null);

        Assert.Equal("laptop", identity.Tokens.Verify(token.Id.Text, token.Secret)?.TokenName);
        Assert.DoesNotContain(token.Secret, token.ToString());
    }

    [Theory]
    [InlineData("as-wrong")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Verify_WrongSecret_IsNull(string? secret)
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        IssuedToken token = await identity.Tokens.IssueAsync("laptop", null);

        Assert.Null(identity.Tokens.Verify(token.Id.Text, secret));
        Assert.Null(identity.Tokens.Verify("ak-0000000000000000000000", token.Secret));
        Assert.Null(identity.Tokens.Verify("nonsense", token.Secret));
    }

    [Fact]
    public async Task Verify_AfterRevoking_IsNullAlthoughItWasVerifiedBefore()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        IssuedToken token = await identity.Tokens.IssueAsync("laptop", null);
        Assert.NotNull(identity.Tokens.Verify(token.Id.Text, token.Secret));

        await identity.Tokens.RevokeAsync(token.Id);

        Assert.Null(identity.Tokens.Verify(token.Id.Text, token.Secret));
        Assert.Null(identity.Tokens.FindCaller(token.Id));
        await identity.Tokens.RevokeAsync(token.Id);
    }

    [Fact]
    public async Task Verify_AtTheExpiry_IsNull()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        IssuedToken token = await identity.Tokens.IssueAsync("day pass", TimeSpan.FromDays(1));
        identity.Clock.Now += TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1);
        Assert.NotNull(identity.Tokens.Verify(token.Id.Text, token.Secret));

        identity.Clock.Now += TimeSpan.FromSeconds(1);

        Assert.Null(identity.Tokens.Verify(token.Id.Text, token.Secret));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("two\nlines")]
    public async Task IssueAsync_BadName_IsRefused(string name)
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() => identity.Tokens.IssueAsync(name, null));

        Assert.Equal(ErrorKind.InvalidArgument, refusal.Kind);
    }

    [Fact]
    public async Task RevokeAsync_UnknownToken_IsNotFound()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        ApplianceException refusal = await Assert.ThrowsAsync<ApplianceException>(() =>
            identity.Tokens.RevokeAsync(ObjectId.Mint<TokenId>()));

        Assert.Equal(ErrorKind.NotFound, refusal.Kind);
    }
}
