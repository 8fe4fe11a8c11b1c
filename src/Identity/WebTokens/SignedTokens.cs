using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Identity.WebTokens;

/// <summary>
/// Writes and reads signed claims (JWT, HS256). Clients decode the payload as plain base64, so it must hold no character
/// that the URL-safe alphabet writes differently: JSON of letters and digits never does.
/// </summary>
internal sealed class SignedTokens(byte[] key)
{
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    public string Write(ReadOnlySpan<byte> claims)
    {
        string signed = $"{Header}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Sign(signed))}";
    }

    /// <summary>The claims, if they were signed here; null for any other text.</summary>
    public byte[]? Read(string text)
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

        return Base64Url.DecodeFromChars(text.AsSpan(Header.Length + 1, signatureAt - Header.Length - 2));
    }

    private byte[] Sign(string text) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(text));
}
