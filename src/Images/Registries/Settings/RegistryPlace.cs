using Appliance.Images.Catalog;

namespace Appliance.Images.Registries.Settings;

/// <summary>Where repositories are: a registry, or a mirror of one.</summary>
/// <param name="Host">With a port, if any.</param>
/// <param name="Prefix">What stands before the repositories' names there; empty, or with a slash at its end.</param>
internal sealed record RegistryPlace(string Host, string Prefix)
{
    private const string HostOfDocker = "registry-1.docker.io";

    public override string ToString() => Host + (Prefix.Length > 0 ? "/" + Prefix.TrimEnd('/') : "");

    /// <summary>The address of a part of a repository.</summary>
    /// <param name="repository">Its name.</param>
    /// <param name="path">"manifests/1.0", "blobs/sha256:…".</param>
    /// <param name="security">Tells the scheme.</param>
    public Uri AddressOf(string repository, string path, RegistrySecurity security) => new(
        $"{(security == RegistrySecurity.PlainHttp ? "http" : "https")}://{(Host == ImageReference.DefaultRegistry ? HostOfDocker : Host)}/v2/{Prefix}{repository}/{path}");

    /// <summary>The registry that an address belongs to, as references name it.</summary>
    public static string HostOf(Uri address) => HostOf(address.Authority);

    /// <summary>As references name it: Docker's has several names.</summary>
    public static string HostOf(string host) =>
        host.ToLowerInvariant() is var lower && lower is "index.docker.io" or HostOfDocker ? ImageReference.DefaultRegistry : lower;
}
