namespace Appliance.Admin.Doctor.Probing;

/// <summary>Files of the machine below a root, which tests replace.</summary>
public sealed class MachineFiles(string root)
{
    /// <param name="path">Without the leading slash.</param>
    public string PathOf(string path) => Path.Combine(root, path);

    /// <summary>The trimmed text; null when the file is not there or may not be read.</summary>
    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(PathOf(path)).Trim();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool Exists(string path) => Path.Exists(PathOf(path));

    /// <summary>Names of the entries that match; none when the folder is not there.</summary>
    public IReadOnlyList<string> List(string folder, string pattern = "*")
    {
        string path = PathOf(folder);
        return Directory.Exists(path)
            ? [.. Directory.EnumerateFileSystemEntries(path, pattern).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)]
            : [];
    }
}
