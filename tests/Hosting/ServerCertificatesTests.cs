using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Core.Errors;
using Appliance.Hosting.Settings;
using Appliance.Hosting.Tls;
using Appliance.Tests.Metadata;
using Microsoft.Extensions.Logging.Abstractions;

namespace Appliance.Tests.Hosting;

public sealed class ServerCertificatesTests : IDisposable
{
    private readonly TestDirectory directory = new();
    private readonly FakeTime clock = new(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Open_FirstUse_MakesAPrivateAuthorityThatLasts()
    {
        using ServerCertificates first = Open();
        string key = Path.Combine(directory.Path, "tls", "ca.key");
        byte[] authority = File.ReadAllBytes(first.AuthorityPath!);

        using ServerCertificates again = Open();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Equal(authority, File.ReadAllBytes(again.AuthorityPath!));
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificateFromFile(first.AuthorityPath!);
        Assert.True(loaded.NotAfter > clock.Now.UtcDateTime.AddYears(29));
    }

    [Fact]
    public void ServerOptions_Certificate_IsTrustedThroughTheAuthorityForEveryName()
    {
        using ServerCertificates certificates = Open("box.lab.example", "10.1.2.3");
        using X509Certificate2 leaf = certificates.ServerOptions.ServerCertificateContext!.TargetCertificate;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.Now.UtcDateTime;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(certificates.AuthorityPath!));

        Assert.True(chain.Build(leaf));
        Assert.All(["localhost", "127.0.0.1", "box.lab.example", "10.1.2.3"], name => Assert.True(leaf.MatchesHostname(name), name));
        Assert.False(leaf.MatchesHostname("elsewhere.example"));
    }

    [Fact]
    public void Refresh_WithAThirdOfItsLifeLeft_PresentsANewCertificate()
    {
        using ServerCertificates certificates = Open();
        DateTimeOffset first = certificates.ExpiresAt;
        clock.Now += ServerCertificates.Lifetime / 2;
        certificates.Refresh();
        Assert.Equal(first, certificates.ExpiresAt);

        clock.Now += ServerCertificates.Lifetime / 4;
        certificates.Refresh();

        Assert.True(certificates.ExpiresAt > first);
    }

    [Fact]
    public void Refresh_OperatorsFilesReplaced_PresentsThemAndKeepsTheOldOnesWhileTheNewAreBroken()
    {
        var files = new CertificateFiles(Path.Combine(directory.Path, "own.crt"), Path.Combine(directory.Path, "own.key"));
        Write(files, "CN=first");
        using ServerCertificates certificates = ServerCertificates.Open(Settings([]) with { Certificate = files }, clock, NullLogger.Instance);
        Assert.Null(certificates.AuthorityPath);

        File.WriteAllText(files.ChainPath, "broken");
        File.SetLastWriteTimeUtc(files.ChainPath, DateTime.UnixEpoch);
        certificates.Refresh();
        Assert.Equal("CN=first", Subject(certificates));

        Write(files, "CN=second");
        certificates.Refresh();
        Assert.Equal("CN=second", Subject(certificates));
    }

    [Fact]
    public void Open_BrokenOperatorsFiles_SaysWhich()
    {
        var files = new CertificateFiles(Path.Combine(directory.Path, "own.crt"), Path.Combine(directory.Path, "own.key"));
        File.WriteAllText(files.ChainPath, "broken");
        File.WriteAllText(files.KeyPath, "broken");

        ApplianceException refusal = Assert.Throws<ApplianceException>(() =>
            ServerCertificates.Open(Settings([]) with { Certificate = files }, clock, NullLogger.Instance));

        Assert.Contains(files.ChainPath, refusal.Message);
    }

    private ServerCertificates Open(params string[] names) => ServerCertificates.Open(Settings(names), clock, NullLogger.Instance);

    private ServeSettings Settings(string[] names)
    {
        var flags = new Dictionary<string, string> { ["data"] = directory.Path, ["tls"] = "on", ["tls-names"] = string.Join(',', names) };
        return new ServeSettingsBinder(SettingSources.Open(flags, _ => null, "/dev/null")).Bind();
    }

    private void Write(CertificateFiles files, string subject)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(clock.Now.AddDays(-1), clock.Now.AddDays(30));
        File.WriteAllText(files.ChainPath, made.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    private static string Subject(ServerCertificates certificates) =>
        certificates.ServerOptions.ServerCertificateContext!.TargetCertificate.Subject;
}
