using System.Security.Cryptography;
using System.Text.Json;

namespace Appliance.Packages;

/// <summary>
/// Python packages in one directory of the data directory. The files are all there is to it: who may write there may add
/// and remove while a server runs. Notes beside them save reading a large file again.
/// </summary>
public sealed class Wheelhouse(string dataDirectory)
{
    private const string DirectoryName = "wheels";
    private const string NoteSuffix = ".json";

    public string Root { get; } = Path.Combine(dataDirectory, DirectoryName);

    internal string Notes => Path.Combine(Root, "notes");

    public bool IsEmpty => !Enumerate().Any();

    /// <summary>All files, by name.</summary>
    public IReadOnlyList<PackageFile> List() =>
        [.. Enumerate().OrderBy(file => file.Project, StringComparer.Ordinal).ThenBy(file => file.FileName, StringComparer.Ordinal)];

    /// <param name="project">Normalised.</param>
    public IReadOnlyList<PackageFile> List(string project) => [.. List().Where(file => file.Project == project)];

    public string PathOf(PackageFile file) => Path.Combine(Root, file.FileName);

    /// <summary>Opens a file for reading; null when there is none of that name.</summary>
    public FileStream? Open(PackageFile file)
    {
        try
        {
            return new FileStream(PathOf(file), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16, useAsync: true);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Null when the file has gone meanwhile.</summary>
    public async Task<StoredPackage?> DescribeAsync(PackageFile file, CancellationToken cancellation)
    {
        await using FileStream? content = Open(file);
        if (content is null)
        {
            return null;
        }

        DateTime modifiedAt = File.GetLastWriteTimeUtc(content.SafeFileHandle);
        if (ReadNote(file) is { } known && known.SizeBytes == content.Length && known.ModifiedAt == modifiedAt)
        {
            return new StoredPackage(file, known);
        }

        PackageNote note = await ExamineAsync(file, content, cancellation).ConfigureAwait(false);
        WriteNote(file, note);
        return new StoredPackage(file, note);
    }

    /// <summary>Removes files; what is being read stays readable.</summary>
    public void Remove(PackageFile file)
    {
        File.Delete(PathOf(file));
        File.Delete(NotePathOf(file));
    }

    /// <summary>Reads all of a file.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: it is not what its name says.</exception>
    internal static async Task<PackageNote> ExamineAsync(PackageFile file, FileStream content, CancellationToken cancellation)
    {
        byte[]? metadata = file.IsWheel ? WheelMetadata.Read(content, file) : null;
        content.Position = 0;
        byte[] digest = await SHA256.HashDataAsync(content, cancellation).ConfigureAwait(false);
        return new PackageNote(
            Convert.ToHexStringLower(digest),
            content.Length,
            File.GetLastWriteTimeUtc(content.SafeFileHandle),
            metadata is null ? null : WheelMetadata.RequiresPython(metadata),
            metadata is null ? null : Convert.ToHexStringLower(SHA256.HashData(metadata)));
    }

    /// <summary>Without a note all is as true, and slower; so this may fail.</summary>
    internal void WriteNote(PackageFile file, PackageNote note)
    {
        string temporary = Path.Combine(Notes, Path.GetRandomFileName());
        try
        {
            Directory.CreateDirectory(Notes);
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(note, PackageNoteJson.Default.PackageNote));
            File.Move(temporary, NotePathOf(file), overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // As said.
        }
    }

    private PackageNote? ReadNote(PackageFile file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(NotePathOf(file)), PackageNoteJson.Default.PackageNote);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private string NotePathOf(PackageFile file) => Path.Combine(Notes, file.FileName + NoteSuffix);

    private IEnumerable<PackageFile> Enumerate() => Directory.Exists(Root)
        ? Directory.EnumerateFiles(Root).Select(path => PackageFile.TryRead(Path.GetFileName(path))).OfType<PackageFile>()
        : [];
}
