using System.Text;
using System.Text.Json;
using Appliance.Identity;
using Appliance.Identity.Tokens;
using Appliance.Identity.WebTokens;

namespace Appliance.Tests.Identity;

public sealed class WebTokenSignerTests
{
    [Fact]
    public async Task Issue_Token_IsReadableAsPlainBase64WithAnExpiry()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        string[] parts = identity.WebTokens.Issue(await CallerAsync(identity)).Split('.');

        // Clients decode the payload without translating the URL-safe alphabet, and read its exp.
        Assert.Equal(3, parts.Length);
        byte[] payload = Convert.FromBase64String(parts[1].PadRight((parts[1].Length + 3) / 4 * 4, '='));
        long expiry = JsonDocument.Parse(payload).RootElement.GetProperty("exp").GetInt64();
        Assert.Equal((identity.Clock.Now + WebTokenSigner.Lifetime).ToUnixTimeSeconds(), expiry);
    }

    [Fact]
    public async Task Verify_OwnToken_NamesItsTokenUntilItExpires()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        Caller caller = await CallerAsync(identity);
        string text = identity.WebTokens.Issue(caller);
        Assert.Equal(caller.TokenId, identity.WebTokens.Verify(text));

        identity.Clock.Now += WebTokenSigner.Lifetime;

        Assert.Null(identity.WebTokens.Verify(text));
    }

    [Fact]
    public async Task Verify_AfterReopening_StillAcceptsWhatWasIssued()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        Caller caller = await CallerAsync(identity);
        string text = identity.WebTokens.Issue(caller);

        WebTokenSigner again = await WebTokenSigner.OpenAsync(identity.Store, identity.Clock);

        Assert.Equal(caller.TokenId, again.Verify(text));
    }

    [Fact]
    public async Task Verify_AnyChangedByte_IsNull()
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();
        string text = identity.WebTokens.Issue(await CallerAsync(identity));
        for (int index = 0; index < text.Length - 1; index++)
        {
            char other = text[index] == 'A' ? 'B' : 'A';
            Assert.Null(identity.WebTokens.Verify($"{text[..index]}{other}{text[(index + 1)..]}"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    public async Task Verify_ForeignText_IsNull(string text)
    {
        await using IdentityStore identity = await IdentityStore.OpenAsync();

        Assert.Null(identity.WebTokens.Verify(text));
        Assert.Null(identity.WebTokens.Verify(Encoding.UTF8.GetString(Convert.FromHexString("c3a9")) + text));
    }

    private static async Task<Caller> CallerAsync(IdentityStore identity)
    {
        IssuedToken token = await identity.Tokens.IssueAsync("laptop", null);
        return identity.Tokens.FindCaller(token.Id)!;
    }
}
