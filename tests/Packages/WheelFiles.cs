using System.IO.Compression;
using System.Text;

namespace Appliance.Tests.Packages;

/// <summary>Makes packages as build tools do, as small as can be.</summary>
internal static class WheelFiles
{
    public static string Write(string directory, string fileName, string? requiresPython = null, string content = "x = 1\n")
    {
        string[] parts = fileName.Split('-');
        string path = Path.Combine(directory, fileName);
        using var file = new FileStream(path, FileMode.Create);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        Add(archive, $"{parts[0]}/__init__.py", content);
        string versions = requiresPython is null ? "" : $"Requires-Python: {requiresPython}\n";
        Add(archive, $"{parts[0]}-{parts[1]}.dist-info/METADATA", $"Metadata-Version: 2.1\nName: {parts[0]}\nVersion: {parts[1]}\n{versions}\nRequires-Python: not this\n");
        return path;
    }

    public static string WriteSdist(string directory, string fileName)
    {
        string path = Path.Combine(directory, fileName);
        using var file = new FileStream(path, FileMode.Create);
        using var packing = new GZipStream(file, CompressionMode.Compress);
        packing.Write("not looked into"u8);
        return path;
    }

    private static void Add(ZipArchive archive, string name, string content)
    {
        using Stream target = archive.CreateEntry(name).Open();
        target.Write(Encoding.UTF8.GetBytes(content));
    }
}
