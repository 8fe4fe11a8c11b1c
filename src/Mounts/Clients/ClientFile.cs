using System.IO.Compression;

namespace Appliance.Mounts.Clients;

/// <summary>A file of Python libraries, in a directory or a wheel.</summary>
/// <param name="Path">From where Python looks, with slashes: "grpclib/client.py".</param>
/// <param name="Read">All of it.</param>
internal sealed record ClientFile(string Path, Func<byte[]> Read)
{
    private static readonly string[] NotCopied = ["__pycache__", "pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack"];

    /// <summary>The name that Python imports, or that of the file.</summary>
    public string Package => Path.Split('/')[0];

    public static IEnumerable<ClientFile> OfDirectory(string directory)
    {
        // A package itself, rather than a directory of packages.
        string root = File.Exists(System.IO.Path.Combine(directory, "__init__.py")) ? System.IO.Path.GetDirectoryName(directory)! : directory;
        return Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(file => new ClientFile(System.IO.Path.GetRelativePath(root, file), () => File.ReadAllBytes(file)))
            .Where(file => IsCopied(file.Path));
    }

    /// <exception cref="InvalidDataException">It is no wheel.</exception>
    public static IEnumerable<ClientFile> OfWheel(string wheel)
    {
        List<ClientFile> files = [];
        using ZipArchive archive = ZipFile.OpenRead(wheel);
        foreach (ZipArchiveEntry entry in archive.Entries.Where(each => each.Name.Length > 0 && IsCopied(each.FullName)))
        {
            using Stream stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            byte[] content = bytes.ToArray();
            files.Add(new ClientFile(WithoutScheme(entry.FullName), () => content));
        }

        return files;
    }

    /// <summary>Wheels keep some libraries below "NAME.data/purelib".</summary>
    private static string WithoutScheme(string path)
    {
        string[] parts = path.Split('/', 3);
        return parts is [_, "purelib" or "platlib", _] && parts[0].EndsWith(".data", StringComparison.Ordinal) ? parts[2] : path;
    }

    private static bool IsCopied(string path)
    {
        string[] parts = path.Split('/');
        return !path.EndsWith(".pyc", StringComparison.Ordinal) && !path.EndsWith(".pth", StringComparison.Ordinal)
            && !parts.Contains("__pycache__") && !parts.Any(part => part.StartsWith('.') || part == "..") && !NotCopied.Contains(parts[0])
            && !(parts[0].StartsWith("pip-", StringComparison.Ordinal) || parts[0].StartsWith("setuptools-", StringComparison.Ordinal));
    }
}
