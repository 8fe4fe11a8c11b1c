using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Appliance.Core.Digests;

namespace Appliance.Tests.Images.Registries;

/// <summary>What a registry of a test holds.</summary>
internal sealed class RegistryContent
{
    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    /// <summary>By "repository:tag" and "repository:sha256:…".</summary>
    public ConcurrentDictionary<string, byte[]> Manifests { get; } = new();

    public static byte[] Layer(string name, string text) => new TarBuilder().Directory("srv").File($"srv/{name}", text).ToArray();

    public static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
        {
            stream.Write(plain);
        }

        return packed.ToArray();
    }

    public static string DigestOf(byte[] bytes) => $"sha256:{Digest.Of(bytes)}";

    /// <summary>Puts an image there whose layers travel packed; answers the digest of its manifest.</summary>
    public string Add(string repository, string tag, (byte[] Plain, byte[] Packed)[] layers, string architecture = "amd64")
    {
        byte[] config = Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"{{{architecture}}}","os":"linux","config":{"Env":["FROM={{{repository}}}"]},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(layer => $"\"{DigestOf(layer.Plain)}\""))}}}]}}""");
        string list = string.Join(',', layers.Select(layer => Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", Blob(layer.Packed), layer.Packed.Length)));
        return AddManifest(repository, tag, $$"""{"schemaVersion":2,"config":{{Descriptor("application/vnd.oci.image.config.v1+json", Blob(config), config.Length)}},"layers":[{{list}}]}""");
    }

    /// <summary>Puts a list of manifests there, each for another machine.</summary>
    public void AddIndex(string repository, string tag, params (string Architecture, string Digest)[] manifests) => AddManifest(
        repository,
        tag,
        $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{{string.Join(',', manifests.Select(one =>
            $$$"""{"digest":"{{{one.Digest}}}","size":1,"platform":{"os":"linux","architecture":"{{{one.Architecture}}}"}}"""))}}]}""");

    public string AddManifest(string repository, string tag, string json)
    {
        byte[] manifest = Encoding.UTF8.GetBytes(json);
        Manifests[$"{repository}:{tag}"] = manifest;
        Manifests[$"{repository}:{DigestOf(manifest)}"] = manifest;
        return DigestOf(manifest);
    }

    private static string Descriptor(string type, string digest, int length) => $$"""{"mediaType":"{{type}}","digest":"{{digest}}","size":{{length}}}""";

    private string Blob(byte[] content)
    {
        Blobs[DigestOf(content)] = content;
        return DigestOf(content);
    }
}
