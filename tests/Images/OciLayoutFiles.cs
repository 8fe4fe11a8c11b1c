using System.Text;
using Appliance.Core.Digests;

namespace Appliance.Tests.Images;

/// <summary>Writes image archives as other programs do.</summary>
internal static class OciLayoutFiles
{
    public static string Write(string directory, string? name, string architecture = "amd64")
    {
        string blobs = Path.Combine(directory, "blobs/sha256");
        Directory.CreateDirectory(blobs);
        byte[][] layers = Layers();
        string config = Blob(blobs, Config(layers, architecture));
        string list = string.Join(',', layers.Select(layer =>
            $$"""{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:{{Blob(blobs, layer)}}","size":{{layer.Length}}}"""));
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{config}}","size":1},"layers":[{{list}}]}""");
        string annotation = name is null ? "" : $$""","annotations":{"org.opencontainers.image.ref.name":"{{name}}"}""";
        File.WriteAllText(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(
            Path.Combine(directory, "index.json"),
            $$"""{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{Blob(blobs, manifest)}}","size":{{manifest.Length}}{{annotation}}}]}""");
        return directory;
    }

    public static string WriteDockerArchive(string directory, string name)
    {
        byte[][] layers = Layers();
        byte[] config = Config(layers, "amd64");
        var tar = new TarBuilder();
        List<string> paths = [];
        foreach (byte[] layer in layers)
        {
            paths.Add($"{Digest.Of([.. layer, 1])}/layer.tar");
            tar.Add(new Appliance.Images.Archives.TarEntry { Kind = Appliance.Images.Archives.TarKind.File, Name = Encoding.UTF8.GetBytes(paths[^1]), Mode = 0x1A4 }, layer);
        }

        string list = string.Join(',', paths.Select(path => $"\"{path}\""));
        tar.File($"{Digest.Of(config)}.json", Encoding.UTF8.GetString(config));
        tar.File("manifest.json", $$"""[{"Config":"{{Digest.Of(config)}}.json","RepoTags":["{{name}}"],"Layers":[{{list}}]}]""");
        string path = Path.Combine(directory, "docker.tar");
        File.WriteAllBytes(path, tar.ToArray());
        return path;
    }

    private static byte[][] Layers() =>
    [
        new TarBuilder().Directory("bin").File("bin/sh", "shell", 0x1ED).ToArray(),
        new TarBuilder().Directory("etc").File("etc/motd", "hello").File("bin/.wh.sh").ToArray(),
    ];

    private static byte[] Config(byte[][] layers, string architecture) => Encoding.UTF8.GetBytes(
        $$$"""{"architecture":"{{{architecture}}}","os":"linux","config":{"Env":["FOO=bar"],"Cmd":["/bin/sh"],"Odd":42},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', layers.Select(layer => $"\"sha256:{Digest.Of(layer)}\""))}}}]},"history":[{"created":"2024-01-01T00:00:00Z"}]}""");

    private static string Blob(string blobs, byte[] content)
    {
        string name = Digest.Of(content).ToString();
        File.WriteAllBytes(Path.Combine(blobs, name), content);
        return name;
    }
}
