using System.Security.Cryptography;
using Appliance.Metadata;
using Appliance.Metadata.Secrets;
using Appliance.Metadata.Settings;
using Appliance.Metadata.Transactions;
using Appliance.Native.Files;

namespace Appliance.Secrets;

/// <summary>
/// The file with the key of all secrets, made at the first start. It is not in the database, so that a copy of the
/// database alone gives nothing away. The database remembers which key it was.
/// </summary>
public static class SecretKeyFile
{
    public const string FileName = "secrets.key";

    private const string CheckSetting = "secrets-key-check";

    /// <summary>The key; or, when secrets exist and the key is not theirs, why it cannot be used: never a new one then.</summary>
    public static async Task<(SecretCipher? Cipher, string? Fault)> EnsureAsync(MetadataStore store, string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        (byte[]? check, long count) = store.Read(read => (StoredSettings.Find(read, CheckSetting), SecretRows.CountLive(read)));
        if (!File.Exists(path) && count == 0)
        {
            PrivateFile.Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretCipher.KeyBytes)) + "\n");
        }

        SecretCipher? cipher = Read(path);
        if (cipher is not null && check is not null && CryptographicOperations.FixedTimeEquals(check, cipher.Check))
        {
            return (cipher, null);
        }

        // A file that is no key is somebody's mistake, to be looked at, even when nothing depends on it yet.
        if (cipher is null || count > 0)
        {
            return (null, Describe(path, count, cipher));
        }

        await store.WriteAsync((Action<WriteTransaction>)(write => StoredSettings.Write(write, CheckSetting, cipher.Check))).ConfigureAwait(false);
        return (cipher, null);
    }

    private static SecretCipher? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        // Whoever put it back from a backup may have left it readable for others.
        File.SetUnixFileMode(path, PrivateFile.OwnerOnly);
        Span<byte> key = stackalloc byte[SecretCipher.KeyBytes + 1];
        return Convert.TryFromBase64String(File.ReadAllText(path).Trim(), key, out int length) && length == SecretCipher.KeyBytes
            ? new SecretCipher(key[..length].ToArray())
            : null;
    }

    private static string Describe(string path, long count, SecretCipher? cipher)
    {
        string what = !File.Exists(path) ? "is missing" : cipher is null ? "does not hold a key" : "holds another key";
        return $"The key file of the secrets, '{path}', {what}, and {count} secrets are encrypted with the key that was there. "
            + "Put the right file back and restart; if it is lost, delete these secrets, remove the file, restart and create them again.";
    }
}
