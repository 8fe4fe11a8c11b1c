using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Identity.Links;

/// <summary>
/// Makes and reads the unguessable part of links that may be followed without credentials: a payload and its expiry,
/// authenticated with a key of this appliance (HMAC-SHA-256). Links stay valid across restarts.
/// </summary>
public sealed class LinkSigner
{
    private const string KeySetting = "link-key";
    private const int TimeBytes = sizeof(long);
    private const int MacBytes = 16;

    private readonly byte[] key;
    private readonly TimeProvider clock;

    private LinkSigner(byte[] key, TimeProvider clock)
    {
        this.key = key;
        this.clock = clock;
    }

    public static async Task<LinkSigner> OpenAsync(MetadataStore store, TimeProvider clock)
    {
        byte[] key = await store.WriteAsync(write =>
            StoredSettings.Ensure(write, KeySetting, () => RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes))).ConfigureAwait(false);
        return new LinkSigner(key, clock);
    }

    /// <summary>Text of letters, digits, '-' and '_' that says what may be done, until when.</summary>
    /// <param name="purpose">What the link is for; a link for one purpose is no use for another.</param>
    /// <param name="payload">What it is about. Readable by whoever holds the link.</param>
    /// <param name="lifetime">How long it is valid.</param>
    public string Sign(string purpose, ReadOnlySpan<byte> payload, TimeSpan lifetime)
    {
        byte[] link = new byte[payload.Length + TimeBytes + MacBytes];
        payload.CopyTo(link);
        BinaryPrimitives.WriteInt64BigEndian(link.AsSpan(payload.Length), (clock.GetUtcNow() + lifetime).ToUnixTimeSeconds());
        Authenticate(purpose, link.AsSpan(0, payload.Length + TimeBytes)).CopyTo(link.AsSpan(payload.Length + TimeBytes));
        return Base64Url.EncodeToString(link);
    }

    /// <summary>The payload of a link that this appliance made for the purpose.</summary>
    /// <exception cref="ApplianceException">PermissionDenied: forged, for something else, or expired.</exception>
    public byte[] Open(string purpose, string text)
    {
        byte[] link = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        // The variant that answers a bool throws on letters that are none of the alphabet.
        if (Base64Url.DecodeFromChars(text, link, out _, out int length) != OperationStatus.Done || length < TimeBytes + MacBytes)
        {
            throw Refused();
        }

        Span<byte> signed = link.AsSpan(0, length - MacBytes);
        if (!CryptographicOperations.FixedTimeEquals(Authenticate(purpose, signed), link.AsSpan(length - MacBytes, MacBytes)))
        {
            throw Refused();
        }

        long expiresAt = BinaryPrimitives.ReadInt64BigEndian(signed[^TimeBytes..]);
        return clock.GetUtcNow().ToUnixTimeSeconds() < expiresAt
            ? signed[..^TimeBytes].ToArray()
            : throw new ApplianceException(ErrorKind.PermissionDenied, "This link has expired: ask for a new one.");
    }

    private static ApplianceException Refused() =>
        new(ErrorKind.PermissionDenied, "This link was not made by this appliance for this purpose, or it is damaged.");

    private ReadOnlySpan<byte> Authenticate(string purpose, ReadOnlySpan<byte> signed)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.ASCII.GetBytes(purpose));
        mac.AppendData([0]);
        mac.AppendData(signed);
        return mac.GetHashAndReset().AsSpan(0, MacBytes);
    }
}
