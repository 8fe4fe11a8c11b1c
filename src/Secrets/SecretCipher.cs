using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Core.Ids;

namespace Appliance.Secrets;

/// <summary>
/// Encrypts what secrets hold: AES-256-GCM with a fresh nonce each time. The secret's id is authenticated with it, so
/// that values moved to another row do not open.
/// </summary>
public sealed class SecretCipher
{
    public const int KeyBytes = 32;

    // Format, nonce, tag, ciphertext.
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    private readonly byte[] key;

    public SecretCipher(byte[] key) => this.key = key.Length == KeyBytes
        ? key
        : throw new ArgumentException($"The key has {key.Length} bytes, not {KeyBytes}.", nameof(key));

    /// <summary>Tells this key from another one, and says nothing else about it.</summary>
    public byte[] Check => Fingerprint("appliance secrets key check"u8);

    public byte[] Seal(SecretId id, ReadOnlySpan<byte> content)
    {
        byte[] result = new byte[HeaderBytes + content.Length];
        result[0] = Format;
        RandomNumberGenerator.Fill(result.AsSpan(1, NonceBytes));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(
            result.AsSpan(1, NonceBytes), content, result.AsSpan(HeaderBytes), result.AsSpan(1 + NonceBytes, TagBytes), BoundTo(id));
        return result;
    }

    /// <exception cref="ApplianceException">DataLoss: damaged, of another secret, or encrypted with another key.</exception>
    public byte[] Open(SecretId id, ReadOnlySpan<byte> content)
    {
        if (content.Length < HeaderBytes || content[0] != Format)
        {
            throw Damaged(id, null);
        }

        byte[] result = new byte[content.Length - HeaderBytes];
        using var cipher = new AesGcm(key, TagBytes);
        try
        {
            cipher.Decrypt(
                content.Slice(1, NonceBytes), content[HeaderBytes..], content.Slice(1 + NonceBytes, TagBytes), result, BoundTo(id));
            return result;
        }
        catch (AuthenticationTagMismatchException cause)
        {
            throw Damaged(id, cause);
        }
    }

    /// <summary>A digest that tells equal content from other content, and from which short content cannot be guessed.</summary>
    public byte[] Fingerprint(ReadOnlySpan<byte> content) => HMACSHA256.HashData(key, content);

    private static byte[] BoundTo(SecretId id) => Encoding.ASCII.GetBytes("appliance secret " + id.Text);

    private static ApplianceException Damaged(SecretId id, Exception? cause) => new(
        ErrorKind.DataLoss, $"Secret '{id}' cannot be decrypted: what is stored was damaged or changed. Create the secret again.", cause);
}
