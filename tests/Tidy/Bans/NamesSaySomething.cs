using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>A name that fits everything names nothing.</summary>
public sealed partial class NamesSaySomething : ITidyRule
{
    private const string Instead = "name it after what it does.";

    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Code)
        {
            foreach (BaseTypeDeclarationSyntax type in file.Nodes<BaseTypeDeclarationSyntax>().Where(type => Empty().IsMatch(type.Identifier.Text)))
            {
                yield return file.At(type, $"type '{type.Identifier.Text}'; {Instead}");
            }

            if (file.Path.Split('/').FirstOrDefault(part => Empty().IsMatch(part)) is { } part)
            {
                yield return new Violation(file.Path, 0, $"path part '{part}'; {Instead}");
            }
        }
    }

    [GeneratedRegex("(Helper|Util|Utilities|Utility|Manager|Common|Misc)s?(?![a-z])")]
    private static partial Regex Empty();
}
