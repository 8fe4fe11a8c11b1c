using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Native.Files;

namespace Appliance.Hosting.Tls;

/// <summary>
/// The appliance's own certificate authority, made on first use. Clients are told to trust it once, so it outlives
/// every machine it may run on; what it signs is short-lived and renewed while the server runs.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    public const string CertificateFileName = "ca.crt";

    private const string KeyFileName = "ca.key";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365 * 30);

    // Machines without a battery clock start in the past.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromDays(1);

    private readonly X509Certificate2 certificate;

    private CertificateAuthority(X509Certificate2 certificate) => this.certificate = certificate;

    public X509Certificate2 Certificate => certificate;

    /// <param name="directory">Exists, and only the owner may read it.</param>
    /// <param name="clock">Tells when a new authority begins.</param>
    public static CertificateAuthority Open(string directory, TimeProvider clock)
    {
        string certificatePath = Path.Combine(directory, CertificateFileName);
        string keyPath = Path.Combine(directory, KeyFileName);
        if (!File.Exists(certificatePath) || !File.Exists(keyPath))
        {
            Create(certificatePath, keyPath, clock);
        }

        return new CertificateAuthority(X509Certificate2.CreateFromPemFile(certificatePath, keyPath));
    }

    public X509Certificate2 Issue(CertificateNames names, DateTimeOffset now, TimeSpan lifetime)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names.Common}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(names.ToExtension());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using X509Certificate2 signed = request.Create(certificate, now - ClockSlack, now + lifetime, serial);
        return signed.CopyWithPrivateKey(key);
    }

    public void Dispose() => certificate.Dispose();

    private static void Create(string certificatePath, string keyPath, TimeProvider clock)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=appliance {Environment.MachineName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = clock.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now - ClockSlack, now + Lifetime);

        // The key comes first: with a key alone the next start makes a new pair, with a certificate alone, too.
        PrivateFile.Write(keyPath, key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Write(certificatePath, made.ExportCertificatePem(), PrivateFile.Readable);
    }
}
