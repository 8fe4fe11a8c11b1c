using System.Text.RegularExpressions;

namespace Appliance.Tests.Tidy.Texts;

/// <summary>A debt without an owner is never paid.</summary>
public sealed partial class DebtHasOwner : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Files
        where file.IsIn("src") || file.IsIn("tests") || file.IsIn("build")
        from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
        where Mark().IsMatch(line.Text)
        select new Violation(file.Path, line.Number, "debt without an owner; do it now, or name who: 'TO" + "DO(name): what'.");

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?!\([#\w-]+\))(?=[:\s]|$)")]
    private static partial Regex Mark();
}
