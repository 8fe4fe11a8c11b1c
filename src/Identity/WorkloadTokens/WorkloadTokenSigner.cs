using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Appliance.Metadata;
using Appliance.Metadata.Settings;

namespace Appliance.Identity.WorkloadTokens;

/// <summary>
/// Issues the tokens with which code in a container proves to others what it is (OpenID Connect, RS256). Whoever wants
/// to check one fetches the public key from the issuer; nothing in this appliance takes them.
/// </summary>
/// <param name="store">Where the key is kept, once the first token was asked for.</param>
/// <param name="issuer">The address under which the public key is found.</param>
/// <param name="clock">When it is.</param>
public sealed class WorkloadTokenSigner(MetadataStore store, Func<string> issuer, TimeProvider clock)
{
    public const string DiscoveryPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/.well-known/jwks.json";

    private const string KeySetting = "workload-token-key";
    private const string Audience = "oidc.modal.com";
    private const int KeyBits = 2048;

    private readonly Lock opening = new();
    private Task<WorkloadKey>? key;

    /// <param name="subject">What the bearer is.</param>
    /// <param name="lifetime">How long it can last: nothing renews a token.</param>
    public async Task<string> IssueAsync(WorkloadSubject subject, TimeSpan lifetime)
    {
        WorkloadKey present = await OpenAsync();
        long now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new WorkloadClaims(
            $"modal:workspace_id:{subject.WorkspaceId}:environment_name:{subject.EnvironmentName}:app_name:{subject.AppName}:container_id:{subject.ContainerId}",
            Audience,
            issuer(),
            now,
            now,
            now + (long)lifetime.TotalSeconds,
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            subject.WorkspaceId,
            subject.EnvironmentId,
            subject.EnvironmentName,
            subject.AppId,
            subject.AppName,
            subject.ContainerId);
        string header = Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(new WorkloadHeader("RS256", "JWT", present.Id), WorkloadJson.Default.WorkloadHeader));
        string signed = $"{header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, WorkloadJson.Default.WorkloadClaims))}";
        byte[] signature = present.Rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The public key, as JSON (RFC 7517).</summary>
    public async Task<byte[]> WriteKeysAsync()
    {
        WorkloadKey present = await OpenAsync();
        RSAParameters numbers = present.Rsa.ExportParameters(includePrivateParameters: false);
        var published = new PublishedKey(
            "RSA", "sig", "RS256", present.Id, Base64Url.EncodeToString(numbers.Modulus), Base64Url.EncodeToString(numbers.Exponent));
        return JsonSerializer.SerializeToUtf8Bytes(new PublishedKeys([published]), WorkloadJson.Default.PublishedKeys);
    }

    /// <summary>What verifiers ask for first, as JSON (OpenID Connect Discovery 1.0).</summary>
    public byte[] WriteDiscovery()
    {
        string address = issuer();
        return JsonSerializer.SerializeToUtf8Bytes(
            new Discovery(address, address + KeysPath, ["id_token"], ["public"], ["RS256"]), WorkloadJson.Default.Discovery);
    }

    /// <summary>Takes the stored key; the first time makes it, which takes a while.</summary>
    private Task<WorkloadKey> OpenAsync()
    {
        lock (opening)
        {
            return key is null or { IsFaulted: true } ? key = Task.Run(LoadAsync) : key;
        }
    }

    private async Task<WorkloadKey> LoadAsync()
    {
        if (store.Read(read => StoredSettings.Find(read, KeySetting)) is not { } stored)
        {
            using var made = RSA.Create(KeyBits);
            byte[] fresh = made.ExportPkcs8PrivateKey();
            stored = await store.WriteAsync(write => StoredSettings.Ensure(write, KeySetting, () => fresh));
        }

        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(stored, out _);
        byte[] fingerprint = SHA256.HashData(rsa.ExportSubjectPublicKeyInfo());
        return new WorkloadKey(Base64Url.EncodeToString(fingerprint.AsSpan(0, 12)), rsa);
    }

    private sealed record WorkloadKey(string Id, RSA Rsa);
}
