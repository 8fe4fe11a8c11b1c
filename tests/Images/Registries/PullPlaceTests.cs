using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Appliance.Core.Errors;
using Appliance.Images.Catalog;

namespace Appliance.Tests.Images.Registries;

public sealed class PullPlaceTests
{
    private static readonly byte[] Layer = RegistryContent.Layer("f", "text");

    [RootFact]
    public async Task Pull_Mirrors_AreTriedInOrderBeforeTheRegistry()
    {
        await using TestRegistry first = await TestRegistry.StartAsync();
        await using TestRegistry second = await TestRegistry.StartAsync();
        await using TestRegistry registry = await TestRegistry.StartAsync();
        string[] plain = [$"{first.Host} plain-http", $"{second.Host} plain-http"];
        await using PullRig rig = await PullRig.OpenAsync([$"{registry.Host} plain-http mirror={first.Host}/x mirror={second.Host}", .. plain]);
        second.Content.Add("a", "1", [(Layer, Layer)]);
        await rig.PullAsync($"{registry.Host}/a:1");
        Assert.Equal("/v2/x/a/manifests/1", Assert.Single(first.Calls).Path);
        Assert.Equal(3, second.Calls.Count);
        Assert.Empty(registry.Calls);
        registry.Content.Add("b", "1", [(Layer, Layer)]);
        await rig.PullAsync($"{registry.Host}/b:1");
        Assert.Equal(2, registry.Calls.Count);
        rig.Name([$"{registry.Host} plain-http mirror={first.Host} mirror={second.Host} blocked", .. plain]);
        ApplianceException failure = await Assert.ThrowsAsync<ApplianceException>(() => rig.PullAsync($"{registry.Host}/b:1"));
        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Contains($"{first.Host}: '{first.Host}' has no image", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{second.Host}: '{second.Host}' has no image", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, registry.Calls.Count);
    }

    [RootFact]
    public async Task Pull_BlockedRegistry_IsNotAsked()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync($"{registry.Host} plain-http blocked");
        Assert.Equal(ErrorKind.PermissionDenied, (await rig.FailAsync($"{registry.Host}/a:1")).Kind);
        rig.Name("* blocked", $"{registry.Host} plain-http");
        Assert.Equal(ErrorKind.NotFound, (await rig.FailAsync($"{registry.Host}/a:1")).Kind);
        Assert.Contains("blocked", (await rig.FailAsync("alpine:3.21")).Message, StringComparison.Ordinal);
        Assert.Single(registry.Calls);
    }

    [RootFact]
    public async Task Pull_WithoutTls_OnlyWhereThatIsNamed()
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await using PullRig rig = await PullRig.OpenAsync();
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        ApplianceException failure = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains($"'{registry.Host} plain-http'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Calls);
        rig.Name($"{registry.Host} plain-http # the lab's");
        Assert.NotNull(await rig.PullAsync($"{registry.Host}/a:1"));
    }

    [RootFact]
    public async Task Pull_CertificateOfAnUnknownAuthority_OnlyWhereThatIsNamed()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using TestRegistry registry = await TestRegistry.StartAsync(certificate);
        await using PullRig rig = await PullRig.OpenAsync();
        registry.Content.Add("a", "1", [(Layer, Layer)]);
        ApplianceException failure = await rig.FailAsync($"{registry.Host}/a:1");
        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Contains($"'{registry.Host} ca=FILE'", failure.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Calls);
        await File.WriteAllTextAsync(rig.File("ca.pem"), certificate.ExportCertificatePem());
        rig.Name($"{registry.Host} ca={rig.File("ca.pem")}");
        Image image = await rig.PullAsync($"{registry.Host}/a:1");
        rig.Name($"{registry.Host} unverified-tls");
        Assert.Equal(image.Id, (await rig.PullAsync($"{registry.Host}/a:1")).Id);
        rig.Name($"{registry.Host} ca={rig.File("none.pem")}");
        Assert.Contains("none.pem", (await Assert.ThrowsAsync<ApplianceException>(() => rig.PullAsync($"{registry.Host}/a:1"))).Message, StringComparison.Ordinal);
    }
}
