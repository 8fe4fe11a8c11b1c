namespace Appliance.Tests.Tidy.Layout;

/// <summary>The top level holds what it always held.</summary>
public sealed class TopLevelIsFixed : ITidyRule
{
    private static readonly string[] Entries = ["src", "protos", "tests", "build", "appliance.csproj", "trimming.xml", "README.md"];

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from entry in tree.Files.Select(file => file.Path.Split('/')[0]).Distinct()
        where !Entries.Contains(entry) && !entry.StartsWith('.')
        select new Violation(entry, 0, $"the top level holds {string.Join(", ", Entries)} and dot-files only; move it below one of them.");
}
