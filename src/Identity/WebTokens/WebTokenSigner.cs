using System.Security.Cryptography;
using System.Text.Json;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Identity.WebTokens;

/// <summary>Issues and verifies the short-lived tokens that clients send in the place of their secret.</summary>
public sealed class WebTokenSigner
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    private const string KeySetting = "web-token-key";

    private readonly SignedTokens tokens;
    private readonly TimeProvider clock;

    private WebTokenSigner(byte[] key, TimeProvider clock)
    {
        tokens = new SignedTokens(key);
        this.clock = clock;
    }

    /// <summary>Takes the stored key, so that tokens stay valid across restarts; the first time makes it.</summary>
    public static async Task<WebTokenSigner> OpenAsync(MetadataStore store, TimeProvider clock)
    {
        byte[] key = await store.WriteAsync(write =>
            StoredSettings.Ensure(write, KeySetting, () => RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes))).ConfigureAwait(false);
        return new WebTokenSigner(key, clock);
    }

    public string Issue(Caller caller)
    {
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new WebTokenClaims(caller.TokenId.Text, now, now + (long)Lifetime.TotalSeconds);
        return tokens.Write(JsonSerializer.SerializeToUtf8Bytes(claims, WebTokenJson.Default.WebTokenClaims));
    }

    /// <summary>The token that a valid and unexpired web token was issued for; null for any other text.</summary>
    public TokenId? Verify(string text)
    {
        if (tokens.Read(text) is not { } payload)
        {
            return null;
        }

        WebTokenClaims claims = JsonSerializer.Deserialize(payload, WebTokenJson.Default.WebTokenClaims)!;
        bool isCurrent = clock.GetUtcNow().ToUnixTimeSeconds() < claims.ExpiresAt;
        return isCurrent && ObjectId.TryRead(claims.TokenId, out TokenId id) ? id : null;
    }
}
