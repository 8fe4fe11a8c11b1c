using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Core.Errors;

namespace Appliance.Images.Registries.Transport;

/// <summary>Whose certificates are believed.</summary>
internal static class TrustedAuthorities
{
    // OpenSSL stands in this executable as Debian builds it, and looks where Debian has them.
    private static readonly string[] KnownToOpenSsl = ["/usr/lib/ssl/certs", "/usr/lib/ssl/cert.pem"];

    private static readonly string[] Elsewhere =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    /// <summary>For a registry with authorities of its own, or the machine's; null where the machine's are found anyway.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: the file holds none, or cannot be read.</exception>
    public static X509ChainPolicy? PolicyOf(string? file)
    {
        string? source = file ?? (IsFoundAnyway() ? null : Elsewhere.FirstOrDefault(File.Exists));
        if (source is null)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(source);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"Certificates of authorities cannot be read from '{source}': {cause.Message}", cause);
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new ApplianceException(
            ErrorKind.InvalidArgument, $"'{source}' holds no certificate (PEM).");
    }

    private static bool IsFoundAnyway() =>
        Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 } || Environment.GetEnvironmentVariable("SSL_CERT_DIR") is { Length: > 0 }
        || KnownToOpenSsl.Any(Path.Exists);
}
