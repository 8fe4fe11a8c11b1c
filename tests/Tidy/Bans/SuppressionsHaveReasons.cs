using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>A silenced warning says why it is wrong.</summary>
public sealed partial class SuppressionsHaveReasons : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Code)
        {
            for (int index = 0; index < file.Lines.Length; index++)
            {
                if (BarePragma().IsMatch(file.Lines[index]))
                {
                    yield return new Violation(file.Path, index + 1, "warning disabled without a reason; write '// why' behind it, or mend the cause.");
                }
            }

            foreach (AttributeSyntax silence in file.Nodes<AttributeSyntax>().Where(IsBareSuppression))
            {
                yield return file.At(silence, $"{silence.Name} without Justification; say why the warning is wrong here.");
            }
        }
    }

    private static bool IsBareSuppression(AttributeSyntax attribute) =>
        attribute.Name.ToString().EndsWith("SuppressMessage", StringComparison.Ordinal)
        && !Justification().IsMatch(attribute.ArgumentList?.ToString() ?? "");

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable(?!.*//\s*\w+)")]
    private static partial Regex BarePragma();

    [GeneratedRegex("""Justification\s*=\s*"[^"]{10,}""")]
    private static partial Regex Justification();
}
