using System.IO.Compression;
using System.Text;
using Appliance.Core.Errors;

namespace Appliance.Packages;

/// <summary>The METADATA file in a wheel.</summary>
public static class WheelMetadata
{
    private const int BytesMax = 8 << 20;
    private const string RequiresPythonField = "Requires-Python:";

    /// <exception cref="ApplianceException">InvalidArgument: the file is damaged, no wheel, or not what its name says.</exception>
    public static byte[] Read(Stream file, PackageFile name)
    {
        try
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            ZipArchiveEntry entry = archive.Entries.FirstOrDefault(entry => IsMetadata(entry.FullName, name))
                ?? throw NoWheel(name, $"it has no METADATA of '{name.Project}' {name.Version}");
            using Stream content = entry.Open();
            byte[] bytes = new byte[Math.Min(entry.Length, BytesMax + 1)];
            content.ReadExactly(bytes);
            return bytes.Length <= BytesMax ? bytes : throw NoWheel(name, $"its METADATA is larger than {BytesMax >> 20} MiB");
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            throw NoWheel(name, $"it is damaged: {cause.Message}", cause);
        }
    }

    /// <summary>What the header says of versions of Python; null for nothing.</summary>
    public static string? RequiresPython(byte[] metadata)
    {
        foreach (string line in Encoding.UTF8.GetString(metadata).Split('\n'))
        {
            if (line.TrimEnd('\r').Length == 0)
            {
                // The description begins.
                return null;
            }

            if (line.StartsWith(RequiresPythonField, StringComparison.OrdinalIgnoreCase))
            {
                return line[RequiresPythonField.Length..].Trim() is { Length: > 0 } versions ? versions : null;
            }
        }

        return null;
    }

    private static bool IsMetadata(string path, PackageFile name)
    {
        const string Suffix = ".dist-info/METADATA";
        if (!path.EndsWith(Suffix, StringComparison.Ordinal) || path.IndexOf('/') != path.Length - "/METADATA".Length)
        {
            return false;
        }

        string stem = path[..^Suffix.Length];
        int dash = stem.LastIndexOf('-');
        return dash > 0 && ProjectName.Normalise(stem[..dash]) == name.Project && name.HasVersion(stem[(dash + 1)..]);
    }

    private static ApplianceException NoWheel(PackageFile name, string why, Exception? cause = null) =>
        new(ErrorKind.InvalidArgument, $"'{name.FileName}' is no usable wheel: {why}. Fetch or build it again.", cause);
}
