using Appliance.Containers.Networks.Capabilities;
using Appliance.Containers.Networks.Filtering;

namespace Appliance.Tests.Containers.Networks;

public sealed class NetworkCapabilityTests
{
    [NetworkFact]
    public async Task Check_HostWithoutAFirewall_EverythingIsMet()
    {
        await using var host = new TestHost();
        IReadOnlyList<NetworkCapability> found = NetworkCapability.Check(host.HostPath);
        Assert.All(found, capability => Assert.True(capability.IsMet, $"{capability.Name}: {capability.What}"));
        Assert.Contains(found, capability => capability.Name == "packet-filter");
        using FilterTable trial = host.Stack.Run(() => new FilterTable("appliance-trial"));
        Assert.False(trial.Exists());
    }

    [NetworkTheory]
    [InlineData(nameof(NetfilterHook.Forward), "firewall-forward")]
    [InlineData(nameof(NetfilterHook.Input), "firewall-input")]
    public async Task Check_FirewallThatDropsByDefault_IsNamedWithTheFix(string hook, string capability)
    {
        await using var host = new TestHost();
        using FilterTable other = host.Stack.Run(() => new FilterTable("strict"));
        other.Commit("be strict", batch =>
        {
            batch.AddTable();
            batch.AddDroppingChain("all", Enum.Parse<NetfilterHook>(hook));
        });

        NetworkCapability found = NetworkCapability.Check(host.HostPath).Single(one => one.Name == capability);

        Assert.False(found.IsMet);
        Assert.Contains("'strict'", found.What, StringComparison.Ordinal);
        Assert.Contains("apl+", found.Fix, StringComparison.Ordinal);
    }
}
