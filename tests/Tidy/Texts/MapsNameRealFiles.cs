using System.Text.RegularExpressions;

namespace Appliance.Tests.Tidy.Texts;

/// <summary>A map that names what is gone misleads: every path in ARCHITECTURE.md exists.</summary>
public sealed partial class MapsNameRealFiles : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from map in tree.Files
        where map.Name == "ARCHITECTURE.md"
        from line in map.Lines.Select((text, index) => (Text: text, Number: index + 1))
        from Match quoted in Quoted().Matches(line.Text)
        let path = quoted.Groups["path"].Value.TrimEnd('/')
        where LooksLikePath(path) && !Exists(tree, map, path)
        select new Violation(map.Path, line.Number, $"'{path}' does not exist; mend the map.");

    private static bool LooksLikePath(string text) =>
        text.EndsWith(".cs", StringComparison.Ordinal) || text.Split('/')[0] is "src" or "tests" or "protos" or "build";

    private static bool Exists(SourceTree tree, SourceFile map, string path) =>
        path.StartsWith("build/out", StringComparison.Ordinal)
        || tree.Holds(path)
        || tree.Holds($"{map.Folder}/{path}")
        || tree.Files.Any(file => file.Path.EndsWith("/" + path, StringComparison.Ordinal));

    [GeneratedRegex(@"`(?<path>[\w./-]+)`|\]\((?<path>[\w./-]+)\)")]
    private static partial Regex Quoted();
}
