using System.Text.RegularExpressions;

namespace Appliance.Tests.Tidy.Texts;

/// <summary>The tree builds anywhere, so it names neither one machine's folders nor one network's package hosts.</summary>
public sealed partial class NoMachineTraces : ITidyRule
{
    private static readonly string[] TextFiles =
        [".cs", ".md", ".csproj", ".props", ".targets", ".xml", ".json", ".sh", ".yml", ".yaml", ".py", ".js", ".mjs", ".ts", ".proto", ".toml", ".config"];

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Files
        where TextFiles.Any(ending => file.Name.EndsWith(ending, StringComparison.Ordinal)) || !file.Name.Contains('.')
        from line in file.Lines.Select((text, index) => (Text: text, Number: index + 1))
        let trace = Trace().Match(line.Text)
        where trace.Success
        select new Violation(file.Path, line.Number, $"'{trace.Value}' names a machine's folder or a package host; use a relative path or the client's own configuration.");

    [GeneratedRegex(
        @"/work/(main|wt|shared|tools|\.library|\.mirror)\b|/Users/\w+|/root/\.(nuget|pyenv|npm|cache)|\bC:\\Users\\|\bapi\.nuget\.org|\bregistry\.npmjs\.org|\b(deb|security)\.debian\.org|\barchive\.ubuntu\.com|\bfiles\.pythonhosted\.org|\bproxy\.golang\.org")]
    private static partial Regex Trace();
}
