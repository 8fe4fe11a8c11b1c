using System.Security.Cryptography;
using Appliance.Native.Files;

namespace Appliance.Tests.Volumes.Transfers;

/// <summary>Directories with a bit of everything, and what they are, in words that can be compared.</summary>
internal static class SampleTree
{
    public static string Make(string root)
    {
        Directory.CreateDirectory(root);
        Write(root, "a/short.txt", 1000, 1);
        Write(root, "a/empty", 0, 2);
        Write(root, "a/name with spaces", 10, 3);
        Write(root, "ü/naïve–文件.bin", 5000, 4);
        Write(root, "long.bin", 20 * 1024 * 1024 + 17, 5);
        Write(root, "block.bin", 8 * 1024 * 1024, 6);
        Directory.CreateDirectory(Path.Combine(root, "empty/inner"));
        string zeros = Path.Combine(root, "zeros.bin");
        using (FileStream file = File.Create(zeros))
        {
            file.SetLength(100 * 1024 * 1024);
            file.Position = 50 * 1024 * 1024;
            file.Write("in the middle"u8);
        }

        File.SetUnixFileMode(Path.Combine(root, "a/short.txt"), (UnixFileMode)0b111_101_000);
        File.SetUnixFileMode(Path.Combine(root, "empty"), (UnixFileMode)0b111_000_101);
        File.CreateSymbolicLink(Path.Combine(root, "a/link"), "../long.bin");
        File.CreateSymbolicLink(Path.Combine(root, "dangling"), "/no/such/file");
        File.SetLastWriteTimeUtc(Path.Combine(root, "a/short.txt"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(1234560));
        Directory.SetLastWriteTimeUtc(Path.Combine(root, "a"), new DateTime(2002, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        return root;
    }

    public static void Write(string root, string name, int length, int seed)
    {
        string path = Path.Combine(root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Path, kind, mode, time to the microsecond, and content of everything below a directory.</summary>
    public static string[] Describe(string root) =>
        [.. Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(path => Describe(root, path)).Order(StringComparer.Ordinal)];

    /// <summary>What the machine's own tar makes of a directory.</summary>
    public static string Pack(string directory, string archive, params string[] options)
    {
        Metadata.TestDirectory.Run("tar", ["-C", directory, .. options, "-cf", archive, "."]);
        return archive;
    }

    private static string Describe(string root, string path)
    {
        FileStatus status = FileStatus.Find(path)!.Value;
        string content = status.Kind switch
        {
            FileKind.File => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))),
            FileKind.SymbolicLink => new FileInfo(path).LinkTarget!,
            _ => "",
        };
        string time = status.Kind == FileKind.SymbolicLink ? "" : $"{status.ModifiedAt:yyyy-MM-dd HH:mm:ss.ffffff}";
        string mode = status.Kind == FileKind.SymbolicLink ? "" : Convert.ToString(status.Mode, 8);
        return $"{Path.GetRelativePath(root, path)} {status.Kind} {mode} {time} {content}";
    }
}
