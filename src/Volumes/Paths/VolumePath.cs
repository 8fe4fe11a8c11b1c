using System.Text;
using Appliance.Core.Errors;
using Appliance.Metadata.Volumes;

namespace Appliance.Volumes.Paths;

/// <summary>
/// A path within a volume: names joined by slashes, none at either end; empty for the root. Clients may begin it with a
/// slash, which means the same.
/// </summary>
public readonly record struct VolumePath
{
    private const int NameBytesMax = 255;
    private const int BytesMax = 4096;

    private VolumePath(string text) => Text = text;

    public static VolumePath Root { get; } = new("");

    public string Text { get; }

    public bool IsRoot => Text.Length == 0;

    public string Name => Text[(Text.LastIndexOf('/') + 1)..];

    /// <summary>The directory it is in; the root for the root itself.</summary>
    public VolumePath Parent => new(Text.LastIndexOf('/') is > 0 and var slash ? Text[..slash] : "");

    /// <summary>Reads what a client sent. Empty names and single dots count for nothing.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it leads outside, or no file system could hold it.</exception>
    public static VolumePath Read(string text)
    {
        // What is far too long is not even cut into names.
        if (text.Length > BytesMax || Encoding.UTF8.GetByteCount(text) > BytesMax)
        {
            throw Refused(text, $"it is longer than {BytesMax} bytes");
        }

        string[] names = [.. text.Split('/').Where(name => name.Length > 0 && name != ".")];
        foreach (string name in names)
        {
            if (FaultOf(name) is { } fault)
            {
                throw Refused(text, fault);
            }
        }

        return new VolumePath(string.Join('/', names));
    }

    /// <summary>Reads the path of a file, which must have a name.</summary>
    /// <exception cref="ApplianceException">InvalidArgument.</exception>
    public static VolumePath ReadFile(string text)
    {
        VolumePath path = Read(text);
        return path.IsRoot || text.EndsWith('/') ? throw Refused(text, "it names a directory, not a file") : path;
    }

    /// <summary>The path of an entry, which was checked when it was written.</summary>
    public static VolumePath Of(VolumeEntryRecord entry) => new(entry.Path);

    public VolumePath Child(string name) => new(IsRoot ? name : $"{Text}/{name}");

    /// <summary>Whether this is the other one, or below it.</summary>
    public bool IsWithin(VolumePath other) =>
        other.IsRoot || Text == other.Text || Text.StartsWith(other.Text + "/", StringComparison.Ordinal);

    /// <summary>The same path below another directory.</summary>
    public VolumePath Moved(VolumePath from, VolumePath to)
    {
        string rest = from.IsRoot ? Text : Text[from.Text.Length..].TrimStart('/');
        return rest.Length == 0 ? to : to.Child(rest);
    }

    public override string ToString() => "/" + Text;

    private static string? FaultOf(string name)
    {
        if (name == "..")
        {
            return "it must not contain '..'";
        }

        if (name.Contains('\0'))
        {
            return "it must not contain NUL characters";
        }

        // A lone surrogate would be stored as another name than was sent.
        if (!Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name)).Equals(name, StringComparison.Ordinal))
        {
            return "it is not valid Unicode";
        }

        return Encoding.UTF8.GetByteCount(name) > NameBytesMax ? $"one of its names is longer than {NameBytesMax} bytes" : null;
    }

    private static ApplianceException Refused(string text, string fault)
    {
        string shown = text.Length > 80 ? text[..80] + "…" : text;
        return new ApplianceException(ErrorKind.InvalidArgument, $"'{shown.Replace("\0", "\\0", StringComparison.Ordinal)}' is no path in a volume: {fault}.");
    }
}
