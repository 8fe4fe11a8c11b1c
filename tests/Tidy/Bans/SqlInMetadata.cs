using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>SQL and its driver appear in one place.</summary>
public sealed partial class SqlInMetadata : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Source.Where(file => !file.IsIn("src/Metadata")))
        {
            IEnumerable<SyntaxNode> texts = file.Nodes<LiteralExpressionSyntax>().Where(text => text.IsKind(SyntaxKind.StringLiteralExpression));
            foreach (SyntaxNode text in texts.Concat(file.Nodes<InterpolatedStringExpressionSyntax>()).Where(text => Statement().IsMatch(text.ToString())))
            {
                yield return file.At(text, "SQL outside Metadata; give the table class in src/Metadata a method and call that.");
            }

            foreach (UsingDirectiveSyntax used in file.Nodes<UsingDirectiveSyntax>().Where(used => Driver().IsMatch(used.NamespaceOrType.ToString())))
            {
                yield return file.At(used, "the SQLite driver outside Metadata; talk to a table class of src/Metadata.");
            }
        }
    }

    [GeneratedRegex(
        """^[$@"\s]*(select\s.+\sfrom\s|insert\s+(or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|(create|drop|alter)\s+(unique\s+)?(table|index|trigger|view)\s|pragma\s+\w+|begin\s+(immediate|exclusive)|vacuum\s*["i])""",
        RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Statement();

    [GeneratedRegex("^(Microsoft\\.Data\\.Sqlite|SQLitePCL)")]
    private static partial Regex Driver();
}
