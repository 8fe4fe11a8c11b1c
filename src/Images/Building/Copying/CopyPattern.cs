using Appliance.Native.Directories;

namespace Appliance.Images.Building.Copying;

/// <summary>Finds what a pattern of COPY names: '*', '?' and '[…]' stand for letters within one name.</summary>
internal static class CopyPattern
{
    /// <summary>Paths of the tree, links followed, each with the name by which it was found.</summary>
    /// <exception cref="FormatException">It leads out of the tree.</exception>
    public static IReadOnlyList<(string Path, string Name)> Match(ICopyTree tree, string pattern)
    {
        string[] parts = Clean(pattern);
        List<string> found = [""];
        foreach (string part in parts)
        {
            bool isPattern = part.AsSpan().IndexOfAny('*', '?', '[') >= 0;
            found = isPattern ? [.. found.SelectMany(path => Expand(tree, path, part))] : [.. found.Select(path => Join(path, part))];
        }

        return [.. found
            .Select(path => (Path: tree.Resolve(path), Name: path[(path.LastIndexOf('/') + 1)..]))
            .Where(one => one.Path is not null)
            .Select(one => (one.Path!, one.Name))];
    }

    private static string[] Clean(string pattern)
    {
        List<string> parts = [];
        foreach (string part in pattern.Split('/'))
        {
            if (part == ".." && parts.Count == 0)
            {
                throw new FormatException($"'{pattern}' leads out of the build's files");
            }

            if (part == "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return [.. parts];
    }

    private static IEnumerable<string> Expand(ICopyTree tree, string path, string pattern)
    {
        if (tree.Resolve(path) is not { } directory || tree.Find(directory) is not { Kind: NodeKind.Directory })
        {
            return [];
        }

        return tree.List(directory).Where(name => NameMatch.Fits(name, pattern)).Select(name => Join(path, name));
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}/{name}";
}
