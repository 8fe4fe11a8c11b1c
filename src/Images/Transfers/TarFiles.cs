using System.Text;
using Appliance.Images.Archives;

namespace Appliance.Images.Transfers;

/// <summary>An image archive that is a plain tar file: read through once for where its files lie.</summary>
internal sealed class TarFiles : IImageFiles
{
    private const int EntriesMax = 200_000;

    private readonly string file;
    private readonly Dictionary<string, (long Offset, long Length)> places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    private TarFiles(string file) => this.file = file;

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: it is no tar file, or damaged.</exception>
    public static async Task<TarFiles> OpenAsync(string file, CancellationToken cancellation)
    {
        var files = new TarFiles(file);
        await using var source = new FilePartStream(file, 0, new FileInfo(file).Length);
        var reader = new TarReader(source);
        while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } entry)
        {
            files.Note(entry, reader);
        }

        return files;
    }

    public bool Exists(string path) => places.ContainsKey(Follow(path));

    public long LengthOf(string path) => places.TryGetValue(Follow(path), out (long Offset, long Length) place)
        ? place.Length
        : throw DirectoryFiles.Missing(path);

    public Stream Open(string path) => places.TryGetValue(Follow(path), out (long Offset, long Length) place)
        ? new FilePartStream(file, place.Offset, place.Length)
        : throw DirectoryFiles.Missing(path);

    public void Dispose()
    {
    }

    private static string Clean(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name);
        return text.StartsWith("./", StringComparison.Ordinal) ? text[2..] : text;
    }

    private void Note(TarEntry entry, TarReader reader)
    {
        if (places.Count + links.Count > EntriesMax)
        {
            throw ArchiveFault.InEntry(entry, "is one of too many files for an image archive.");
        }

        string name = Clean(entry.Name);
        if (entry.Kind == TarKind.File && entry.Pieces is null)
        {
            places[name] = (reader.Position, reader.StoredBytes);
        }
        else if (entry.Kind is TarKind.SymbolicLink or TarKind.HardLink)
        {
            // 'docker save' once wrote a layer that occurs twice as a link to the first.
            string target = Clean(entry.LinkName);
            links[name] = entry.Kind == TarKind.HardLink ? target : Join(name, target);
        }
    }

    private static string Join(string name, string target)
    {
        List<string> parts = [.. name.Split('/')[..^1]];
        foreach (string part in target.Split('/'))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or "" or ".."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    private string Follow(string path)
    {
        for (int hops = 0; hops < 8 && links.TryGetValue(path, out string? target); hops++)
        {
            path = target;
        }

        return path;
    }
}
