using System.Net;
using Appliance.Containers.Networks;
using Appliance.Engine.Sandboxes;
using Appliance.Packages;

namespace Appliance.Engine.Packages;

/// <summary>Tells pip and uv in containers of the machine's own package index, while that holds something and they may reach it.</summary>
public sealed class PackageVariables(Wheelhouse wheelhouse, SandboxNetworks networks)
{
    private const string PipIndex = "PIP_INDEX_URL";
    private const string PipHosts = "PIP_TRUSTED_HOST";
    private const string UvIndex = "UV_DEFAULT_INDEX";
    private const string OldUvIndex = "UV_INDEX_URL";

    private static readonly string[] ProxyNames = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    private static readonly string[] DirectNames = ["no_proxy", "NO_PROXY"];

    /// <summary>Adds to the variables of a container; whatever is among them already stays, and keeps its meaning.</summary>
    /// <exception cref="Core.Errors.ApplianceException">The machine cannot make networks, or the policy is malformed.</exception>
    public async Task AddAsync(IDictionary<string, string> variables, SandboxNetwork wanted)
    {
        if (!wheelhouse.IsEmpty && await FindAddressAsync(wanted) is { } address)
        {
            Add(variables, address);
        }
    }

    internal static void Add(IDictionary<string, string> variables, IPAddress address)
    {
        string index = $"http://{address}/simple/";
        if (variables.TryAdd(PipIndex, index))
        {
            variables[PipHosts] = variables.TryGetValue(PipHosts, out string? others) ? $"{others} {address}" : address.ToString();
            variables.TryAdd("PIP_DISABLE_PIP_VERSION_CHECK", "1");
        }

        // The newer name wins over the older one, which may be what the image or the user have set.
        if (!variables.ContainsKey(UvIndex) && variables.TryAdd(OldUvIndex, index))
        {
            variables[UvIndex] = index;
        }

        if (variables.Values.Contains(index) && ProxyNames.Any(variables.ContainsKey))
        {
            GoDirectly(variables, address);
        }
    }

    /// <summary>A proxy out there cannot reach the index.</summary>
    private static void GoDirectly(IDictionary<string, string> variables, IPAddress address)
    {
        string[] present = [.. DirectNames.Where(variables.ContainsKey)];
        foreach (string name in present.Length > 0 ? present : DirectNames)
        {
            variables[name] = variables.TryGetValue(name, out string? others) && others.Length > 0 ? $"{others},{address}" : address.ToString();
        }
    }

    private async Task<IPAddress?> FindAddressAsync(SandboxNetwork wanted)
    {
        if (wanted.Kind == SandboxNetworkKind.Blocked)
        {
            return null;
        }

        NetworkPool pool = await networks.StartAsync();
        return pool.ServiceAddress is { } address && SandboxNetworks.PolicyOf(wanted).AllowsAddress(address) ? address : null;
    }
}
