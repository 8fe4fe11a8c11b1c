using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Appliance.Bench.Containers;

/// <summary>Images in the form that 'docker save' writes, which everybody reads: one of busybox, one with a lot in it.</summary>
internal sealed class BenchImage : IDisposable
{
    private const int LargeFiles = 4;
    private const int LargeFileMegabytes = 128;
    private const int SmallFiles = 16_384;
    private const int SmallFileKilobytes = 32;
    private const UnixFileMode Program = (UnixFileMode)0b111_101_101;

    private static readonly string[] Applets = ["sh", "cat", "echo", "sleep", "head"];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("bench-image-");

    /// <summary>Made of Debian's busybox-static.</summary>
    public BenchImage()
    {
        foreach (string directory in new[] { "bin", "dev", "etc", "proc", "root", "sys", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(Root, directory), Program);
        }

        File.Copy("/bin/busybox", Path.Combine(Root, "bin/busybox"));
        foreach (string applet in Applets)
        {
            File.CreateSymbolicLink(Path.Combine(Root, "bin", applet), "busybox");
        }

        File.WriteAllText(Path.Combine(Root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Write(Archive, "bench", layer => TarFile.CreateFromDirectory(Root, layer, includeBaseDirectory: false));
    }

    /// <summary>A root file system, as a directory.</summary>
    public string Root => Path.Combine(folder.FullName, "root");

    /// <summary>The same as an image.</summary>
    public string Archive => Path.Combine(folder.FullName, "bench.tar");

    /// <summary>An image of 1 GiB: half of it in four files without order, half of it text in 16,384 files.</summary>
    public string WriteLarge()
    {
        string archive = Path.Combine(folder.FullName, "large.tar");
        Write(archive, "large", WriteLargeLayer);
        return archive;
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static void Write(string archive, string name, Action<Stream> writeLayer)
    {
        string layer = archive + ".layer";
        using (FileStream written = File.Create(layer))
        {
            writeLayer(written);
        }

        using FileStream read = File.OpenRead(layer);
        string digest = Convert.ToHexStringLower(SHA256.HashData(read));
        read.Position = 0;
        using (var tar = new TarWriter(File.Create(archive)))
        {
            Add(tar, "config.json", Text($$$"""{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"],"Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:{{{digest}}}"]}}"""));
            Add(tar, "layer.tar", read);
            Add(tar, "manifest.json", Text($$"""[{"Config":"config.json","RepoTags":["docker.io/library/{{name}}:latest"],"Layers":["layer.tar"]}]"""));
        }

        File.Delete(layer);
    }

    private static void WriteLargeLayer(Stream layer)
    {
        var random = new Random(1);
        byte[] chaos = new byte[LargeFileMegabytes << 20];
        byte[] text = MakeText(random);
        using var tar = new TarWriter(layer);
        for (int file = 0; file < LargeFiles; file++)
        {
            random.NextBytes(chaos);
            Add(tar, $"large/{file}.bin", new MemoryStream(chaos));
        }

        for (int file = 0; file < SmallFiles; file++)
        {
            const int Length = SmallFileKilobytes << 10;
            Add(tar, $"small/{file / 256}/{file}.txt", new MemoryStream(text, random.Next(text.Length - Length), Length));
        }
    }

    private static byte[] MakeText(Random random)
    {
        string[] words = [.. Enumerable.Range(0, 4096).Select(_ => new string((char)random.Next('a', 'z'), 1) + random.Next().ToString("x"))];
        var text = new StringBuilder();
        while (text.Length < 8 << 20)
        {
            text.Append(words[random.Next(words.Length)]).Append(random.Next(9) == 0 ? '\n' : ' ');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static void Add(TarWriter tar, string name, Stream content) => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));
}
