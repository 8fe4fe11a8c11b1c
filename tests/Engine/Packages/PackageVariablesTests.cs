using System.Net;
using Appliance.Engine.Packages;

namespace Appliance.Tests.Engine.Packages;

public sealed class PackageVariablesTests
{
    private const string Index = "http://10.9.0.1/simple/";
    private static readonly IPAddress Address = IPAddress.Parse("10.9.0.1");

    [Fact]
    public void Add_NothingSet_NamesTheIndexToBothInstallers() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["PIP_INDEX_URL"] = Index,
            ["PIP_TRUSTED_HOST"] = "10.9.0.1",
            ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1",
            ["UV_DEFAULT_INDEX"] = Index,
            ["UV_INDEX_URL"] = Index,
        },
        Added([]));

    [Theory]
    [InlineData("PIP_INDEX_URL", "PIP_TRUSTED_HOST")]
    [InlineData("UV_DEFAULT_INDEX", "UV_INDEX_URL")]
    [InlineData("UV_INDEX_URL", "UV_DEFAULT_INDEX")]
    public void Add_IndexSetByTheUser_LeavesThatInstallerAlone(string set, string unset)
    {
        Dictionary<string, string> variables = Added(new() { [set] = "https://own.example/" });
        Assert.Equal("https://own.example/", variables[set]);
        Assert.DoesNotContain(unset, variables);
        Assert.Contains(Index, variables.Values);
    }

    [Fact]
    public void Add_TrustedHostSet_StaysTrusted() =>
        Assert.Equal("own.example 10.9.0.1", Added(new() { ["PIP_TRUSTED_HOST"] = "own.example" })["PIP_TRUSTED_HOST"]);

    [Fact]
    public void Add_ProxySet_IsNotAskedForTheIndex()
    {
        Assert.Equal("own.example,10.9.0.1", Added(new() { ["HTTP_PROXY"] = "http://proxy:1", ["no_proxy"] = "own.example" })["no_proxy"]);
        Assert.Equal("10.9.0.1", Added(new() { ["http_proxy"] = "http://proxy:1" })["NO_PROXY"]);
        Assert.DoesNotContain("NO_PROXY", Added([]));
    }

    private static Dictionary<string, string> Added(Dictionary<string, string> variables)
    {
        PackageVariables.Add(variables, Address);
        return variables;
    }
}
