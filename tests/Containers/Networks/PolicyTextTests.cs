using System.Net;
using Appliance.Containers.Networks.Filtering;
using Appliance.Containers.Networks.Policies;
using Appliance.Core.Errors;

namespace Appliance.Tests.Containers.Networks;

public sealed class PolicyTextTests
{
    [Theory]
    [InlineData("not-an-ip/8")]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10/8")]
    [InlineData("0x7f.1/8")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("fe80::1%eth0/64")]
    [InlineData("")]
    public void Allow_MalformedCidr_IsNamed(string text)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => NetworkPolicy.Allow([text], []));
        Assert.Equal((ErrorKind.InvalidArgument, $"Invalid CIDR: {text}"), (failure.Kind, failure.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("-a.com")]
    [InlineData("a b.com")]
    [InlineData("*.")]
    [InlineData("a.*.com")]
    [InlineData("https://a.com")]
    [InlineData("10.0.0.1")]
    public void Allow_MalformedDomain_IsNamed(string text)
    {
        ApplianceException failure = Assert.Throws<ApplianceException>(() => NetworkPolicy.Allow([], [text]));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith($"Invalid domain: {text}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Allow_Everything_IsOpen()
    {
        Assert.Same(NetworkPolicy.Open, NetworkPolicy.Allow(["10.0.0.0/8", "0.0.0.0/0"], []));
        Assert.Same(NetworkPolicy.Open, NetworkPolicy.Allow([], ["*"]));
        Assert.Equal(PolicyKind.Allowlist, NetworkPolicy.Allow([], []).Kind);
    }

    [Fact]
    public void Allow_SameListsTwice_AreEqual() => Assert.Equal(
        NetworkPolicy.Allow(["10.1.2.3/8"], ["A.com."]), NetworkPolicy.Allow(["10.0.0.0/8", "10.0.0.0/8"], ["a.com"]));

    [Theory]
    [InlineData("*.example.com", "api.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", "badexample.com", false)]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "api.example.com", false)]
    [InlineData("Example.com.", "example.com", true)]
    public void Matches_NameAndPattern_AsWritten(string pattern, string name, bool isMatch) =>
        Assert.Equal(isMatch, DomainPattern.Parse(pattern).Matches(name));

    [Fact]
    public void Ranges_NetworksThatTouch_BecomeOne()
    {
        IReadOnlyList<SetElement> elements = AddressRanges.Of(
            [Cidr.Parse("10.0.1.0/24"), Cidr.Parse("10.0.0.0/24"), Cidr.Parse("10.0.0.128/25"), Cidr.Parse("255.255.255.0/24")]);
        Assert.Equal(
            ["10.0.0.0", "10.0.2.0 end", "255.255.255.0"],
            elements.Select(element => new IPAddress(element.Key.Span) + (element.EndsInterval ? " end" : "")));
    }
}
