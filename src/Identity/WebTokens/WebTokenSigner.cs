using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Identity.WebTokens;

/// <summary>
/// Issues and verifies short-lived web tokens (JWT, HS256). Clients decode the payload as plain base64, so it must hold
/// no character that the URL-safe alphabet writes differently: JSON of letters and digits never does.
/// </summary>
public sealed class WebTokenSigner
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(20);

    private const string KeySetting = "web-token-key";

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] key;
    private readonly TimeProvider clock;

    private WebTokenSigner(byte[] key, TimeProvider clock)
    {
        this.key = key;
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
        string signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, WebTokenJson.Default.WebTokenClaims))}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>The token that a valid and unexpired web token was issued for; null for any other text.</summary>
    public TokenId? Verify(string text)
    {
        int signatureAt = text.LastIndexOf('.') + 1;
        if (!text.StartsWith(Header + ".", StringComparison.Ordinal) || signatureAt <= Header.Length + 1)
        {
            return null;
        }

        byte[] signature = new byte[Base64Url.GetMaxDecodedLength(text.Length - signatureAt)];
        if (!Base64Url.TryDecodeFromChars(text.AsSpan(signatureAt), signature, out int length)
            || !CryptographicOperations.FixedTimeEquals(signature.AsSpan(0, length), Sign(text[..(signatureAt - 1)])))
        {
            return null;
        }

        // The signature is ours, so the payload is what Issue wrote.
        byte[] payload = Base64Url.DecodeFromChars(text.AsSpan(Header.Length + 1, signatureAt - Header.Length - 2));
        WebTokenClaims claims = JsonSerializer.Deserialize(payload, WebTokenJson.Default.WebTokenClaims)!;
        bool isCurrent = clock.GetUtcNow().ToUnixTimeSeconds() < claims.ExpiresAt;
        return isCurrent && ObjectId.TryRead(claims.TokenId, out TokenId id) ? id : null;
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text));
}
