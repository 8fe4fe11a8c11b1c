using Appliance.Core.Errors;
using Appliance.Images.Catalog;
using Appliance.Images.Registries.Access;
using Appliance.Images.Registries.Settings;
using Appliance.Images.Transfers.Formats;
using Appliance.Tests.Metadata;

namespace Appliance.Tests.Images.Registries;

public sealed class RegistriesFileTests : IDisposable
{
    private readonly TestDirectory directory = new();

    private string Path => System.IO.Path.Combine(directory.Path, "registries");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Read_NoFile_EveryRegistryIsAskedItself()
    {
        RegistryRules rules = RegistriesFile.Read(Path);
        Assert.Equal([new RegistryPlace("docker.io", "")], rules.PlacesOf(ImageReference.Read("alpine")));
        Assert.Equal(
            "https://registry-1.docker.io/v2/library/alpine/manifests/3.21",
            rules.PlacesOf(ImageReference.Read("alpine"))[0].AddressOf("library/alpine", "manifests/3.21", RegistrySecurity.Tls).ToString());
    }

    [Fact]
    public void Read_Lines_SayWhatHoldsForEach()
    {
        File.WriteAllText(Path, "# all\n\nindex.docker.io\tmirror=Lab:5000/hub/ mirror=m.example\r\n* blocked # others\nlab:5000 plain-http\nown ca=/x.pem\n");
        RegistryRules rules = RegistriesFile.Read(Path);
        Assert.Equal([new RegistryPlace("lab:5000", "hub/"), new RegistryPlace("m.example", ""), new RegistryPlace("docker.io", "")], rules.PlacesOf(ImageReference.Read("a")));
        Assert.Equal(RegistrySecurity.PlainHttp, rules.Find(new Uri("http://lab:5000/x")).Security);
        Assert.Equal("/x.pem", rules.Find("own").AuthorityFile);
        Assert.True(rules.Find("quay.io").IsBlocked);
        Assert.False(rules.Find("docker.io").IsBlocked);
    }

    [Theory]
    [InlineData("lab insecure", "'insecure' is not known")]
    [InlineData("a/b blocked", "'a/b' is no host")]
    [InlineData("lab mirror=", "'mirror=' is not known")]
    [InlineData("lab mirror=x/../y", "is not known")]
    [InlineData("* plain-http", "'*' may only be 'blocked'")]
    [InlineData("x\nx", "has a line already")]
    public void Read_WhatIsWrong_IsNamedWithItsLine(string text, string expected)
    {
        File.WriteAllText(Path, "# first\n" + text);
        ApplianceException failure = Assert.Throws<ApplianceException>(() => RegistriesFile.Read(Path));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains($"line {text.Split('\n').Length + 1}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker.io", "hub", "pw:1", false)]
    [InlineData("lab:5000", "me", "x", false)]
    [InlineData("own.example", "", "token", true)]
    public void Find_LoginsOfDocker_ByEachFormOfTheirNames(string host, string user, string secret, bool isToken)
    {
        File.WriteAllText(
            Path,
            """{"auths":{"https://index.docker.io/v1/":{"auth":"aHViOnB3OjE="},"Lab:5000":{"username":"me","password":"x"},"https://own.example":{"identitytoken":"token"},"empty":{}},"credHelpers":{"gcr.io":"g"}}""");
        Assert.Equal(new RegistryCredential(user, secret) { IsIdentityToken = isToken }, DockerLogins.Find(Path, host));
        Assert.Null(DockerLogins.Find(Path, "gcr.io"));
        Assert.Null(DockerLogins.Find(Path, "empty"));
        Assert.Null(DockerLogins.Find(Path + ".none", host));
    }

    [Fact]
    public void Find_DamagedLogins_AreNamed()
    {
        File.WriteAllText(Path, """{"auths":{"a":{"auth":"%"}}}""");
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<ApplianceException>(() => DockerLogins.Find(Path, "a")).Kind);
    }

    [Fact]
    public void Read_Challenge_WithQuotesAndCommas()
    {
        IReadOnlyDictionary<string, string> read = ChallengeParameters.Read("""Realm="https://a/t",service=plain, scope="repository:a:pull,push \"x\"",""");
        Assert.Equal(("https://a/t", "plain", "repository:a:pull,push \"x\""), (read["realm"], read["service"], read["scope"]));
        Assert.Equal(3, read.Count);
        Assert.Empty(ChallengeParameters.Read("nothing"));
    }

    [Theory]
    [InlineData("windows/amd64")]
    [InlineData("amd64")]
    [InlineData("linux/")]
    public void Read_PlatformThatIsNone_IsRefused(string text) =>
        Assert.Contains("linux/amd64", Assert.Throws<ApplianceException>(() => ImagePlatform.Read(text)).Message, StringComparison.Ordinal);
}
