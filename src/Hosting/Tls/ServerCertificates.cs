using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Tls;

/// <summary>
/// The certificate that new connections get. It is renewed while the server runs: one of our own authority when a
/// third of its life is left or the machine's addresses have changed, the operator's when its files have.
/// </summary>
public sealed class ServerCertificates : IDisposable
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    private static readonly TimeSpan CheckPeriod = TimeSpan.FromMinutes(10);

    private readonly ServeSettings settings;
    private readonly CertificateAuthority? authority;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private PresentedCertificate presented;

    private ServerCertificates(ServeSettings settings, CertificateAuthority? authority, TimeProvider clock, ILogger logger)
    {
        this.settings = settings;
        this.authority = authority;
        this.clock = clock;
        this.logger = logger;
        presented = Make();
        timer = clock.CreateTimer(_ => Refresh(), null, CheckPeriod, CheckPeriod);
    }

    public SslServerAuthenticationOptions ServerOptions => Volatile.Read(ref presented).Options;

    public DateTimeOffset ExpiresAt => Volatile.Read(ref presented).ExpiresAt;

    /// <summary>Whether the certificate is one for a host name.</summary>
    public bool Covers(string name) => ServerOptions.ServerCertificateContext?.TargetCertificate.MatchesHostname(name) == true;

    /// <summary>Where the authority's certificate lies that clients must trust; null with the operator's own certificate.</summary>
    public string? AuthorityPath => authority is null ? null : Path.Combine(TlsDirectory(settings), CertificateAuthority.CertificateFileName);

    /// <exception cref="ApplianceException">InvalidArgument: the operator's certificate cannot be used.</exception>
    public static ServerCertificates Open(ServeSettings settings, TimeProvider clock, ILogger logger)
    {
        if (settings.Certificate is not null)
        {
            return new ServerCertificates(settings, null, clock, logger);
        }

        Directory.CreateDirectory(TlsDirectory(settings), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ServerCertificates(settings, CertificateAuthority.Open(TlsDirectory(settings), clock), clock, logger);
    }

    /// <summary>Looks whether a new certificate is due. A failure leaves the present one in use.</summary>
    public void Refresh()
    {
        try
        {
            if (IsDue())
            {
                Volatile.Write(ref presented, Make());
                TlsLog.Renewed(logger, ExpiresAt);
            }
        }
        catch (Exception cause) when (cause is ApplianceException or CryptographicException or IOException)
        {
            TlsLog.NotRenewed(logger, ExpiresAt, cause);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        authority?.Dispose();
    }

    private bool IsDue() => settings.Certificate is { } files
        ? PresentedCertificate.StampOf(files) != presented.Stamp
        : clock.GetUtcNow() > ExpiresAt - (Lifetime / 3) || !Names().Equals(presented.Names);

    private PresentedCertificate Make()
    {
        if (settings.Certificate is not { } files)
        {
            CertificateNames names = Names();
            X509Certificate2 leaf = authority!.Issue(names, clock.GetUtcNow(), Lifetime);
            return PresentedCertificate.Create(leaf, [authority.Certificate], names, null);
        }

        try
        {
            string? stamp = PresentedCertificate.StampOf(files);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(files.ChainPath);
            X509Certificate2 leaf = X509Certificate2.CreateFromPemFile(files.ChainPath, files.KeyPath);
            return PresentedCertificate.Create(leaf, chain, null, stamp);
        }
        catch (Exception cause) when (cause is CryptographicException or IOException or ArgumentException)
        {
            throw new ApplianceException(
                ErrorKind.InvalidArgument,
                $"Certificate '{files.ChainPath}' with key '{files.KeyPath}' cannot be used: {cause.Message}",
                cause);
        }
    }

    private CertificateNames Names() => CertificateNames.OfThisMachine(settings.TlsNames);

    private static string TlsDirectory(ServeSettings settings) => Path.Combine(settings.DataDirectory, "tls");

    private sealed record PresentedCertificate(
        SslServerAuthenticationOptions Options, DateTimeOffset ExpiresAt, CertificateNames? Names, string? Stamp)
    {
        public static PresentedCertificate Create(
            X509Certificate2 leaf, X509Certificate2Collection chain, CertificateNames? names, string? stamp)
        {
            var options = new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            };
            return new PresentedCertificate(options, leaf.NotAfter, names, stamp);
        }

        public static string StampOf(CertificateFiles files) =>
            $"{File.GetLastWriteTimeUtc(files.ChainPath).Ticks}/{File.GetLastWriteTimeUtc(files.KeyPath).Ticks}";
    }
}
