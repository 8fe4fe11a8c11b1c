using System.Security.Cryptography;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata;
using Appliance.Metadata.Objects;
using Appliance.Metadata.Secrets;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Secrets;

/// <summary>
/// What secrets hold: environment variables for containers. Values go in and come out for containers only; no protocol
/// gives them back to a client.
/// </summary>
public sealed class SecretVault : IObjectContents
{
    /// <summary>
    /// How long an ephemeral secret outlives its last use. Clients send no heartbeats for secrets, and what was made with
    /// one may start its next container much later.
    /// </summary>
    public static readonly TimeSpan EphemeralLife = TimeSpan.FromHours(24);

    private readonly SecretCipher? cipher;

    private SecretVault(SecretCipher? cipher, string? fault)
    {
        this.cipher = cipher;
        Fault = fault;
    }

    /// <summary>Why no value can be read or written, for people to read; null when all is well.</summary>
    public string? Fault { get; }

    public string Kind => SecretId.Prefix;

    private SecretCipher Cipher => cipher ?? throw new ApplianceException(ErrorKind.FailedPrecondition, Fault!);

    /// <summary>
    /// Opens the vault with its key file in the data directory. A key that does not fit leaves a vault with a
    /// <see cref="Fault"/>, so that secrets can still be listed and deleted and everything else works.
    /// </summary>
    public static async Task<SecretVault> OpenAsync(MetadataStore store, string dataDirectory)
    {
        (SecretCipher? cipher, string? fault) = await SecretKeyFile.EnsureAsync(store, dataDirectory).ConfigureAwait(false);
        return new SecretVault(cipher, fault);
    }

    /// <summary>Gives a secret these values, in place of all that it had.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: a key or a value. FailedPrecondition: the vault has a fault.</exception>
    public void Write(WriteTransaction write, SecretId id, IReadOnlyDictionary<string, string> values)
    {
        SecretValues.Check(values);
        Store(write, id, values);
        ObjectRows.Extend(write, id.Text, write.Now + EphemeralLife);
    }

    /// <summary>Sets single keys, or removes those whose value is null; one that is to be removed need not be there.</summary>
    /// <exception cref="ApplianceException">
    /// NotFound. InvalidArgument: a key or a value. FailedPrecondition: the vault has a fault.
    /// </exception>
    public void Update(WriteTransaction write, Caller caller, SecretId id, IEnumerable<KeyValuePair<string, string?>> changes)
    {
        ObjectDirectory.Get<SecretId>(write, caller, id.Text);
        Dictionary<string, string> values = OpenValues(write, id);
        foreach ((string key, string? value) in changes)
        {
            SecretValues.CheckKey(key);
            if (value is null)
            {
                values.Remove(key);
            }
            else
            {
                values[key] = value;
            }
        }

        SecretValues.Check(values);
        Store(write, id, values);
    }

    /// <summary>The values of a secret, for a container that is about to start; notes that they were used now.</summary>
    /// <exception cref="ApplianceException">NotFound. FailedPrecondition: the vault has a fault. DataLoss: damaged.</exception>
    public IReadOnlyDictionary<string, string> Read(WriteTransaction write, Caller caller, SecretId id)
    {
        ObjectDirectory.Get<SecretId>(write, caller, id.Text);
        Dictionary<string, string> values = OpenValues(write, id);
        SecretRows.MarkUsed(write, id);
        ObjectRows.Extend(write, id.Text, write.Now + EphemeralLife);
        return values;
    }

    /// <exception cref="ApplianceException">FailedPrecondition, in the words that clients look for (contracts/sandbox.md §7).</exception>
    public static void RequireKeys(SecretRecord? secret, IEnumerable<string> keys)
    {
        string[] missing = [.. keys.Except(secret?.Keys ?? [], StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Secret is missing key(s): {string.Join(", ", missing)}");
        }
    }

    /// <inheritdoc cref="SecretCipher.Fingerprint"/>
    /// <exception cref="ApplianceException">FailedPrecondition: the vault has a fault.</exception>
    public string Fingerprint(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(Cipher.Fingerprint(content));

    public bool RemoveSome(WriteTransaction write, string id)
    {
        SecretRows.Delete(write, id);
        return true;
    }

    private void Store(WriteTransaction write, SecretId id, IReadOnlyDictionary<string, string> values)
    {
        byte[] content = SecretValues.Write(values);
        try
        {
            SecretRows.Write(write, id, values.Keys.Order(StringComparer.Ordinal), Cipher.Seal(id, content));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private Dictionary<string, string> OpenValues(ReadTransaction read, SecretId id)
    {
        if (SecretRows.Find(read, id) is not { } record)
        {
            return [];
        }

        byte[] content = Cipher.Open(id, record.Sealed);
        try
        {
            return SecretValues.Read(content);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }
}
