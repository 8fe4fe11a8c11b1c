using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>A partial class over several files is a folder that shares all its state.</summary>
public sealed class PartialNeedsGenerator : ITidyRule
{
    private static readonly string[] Generators = ["LibraryImport", "LoggerMessage", "GeneratedRegex", "JsonSerializable"];

    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        var seen = new Dictionary<string, string>();
        foreach (SourceFile file in tree.Source)
        {
            foreach (TypeDeclarationSyntax type in file.Nodes<TypeDeclarationSyntax>().Where(type => type.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                // A type that holds a generated one must be partial itself.
                if (!type.DescendantNodes().OfType<AttributeSyntax>().Any(IsGenerator))
                {
                    yield return file.At(type, $"partial '{type.Identifier.Text}' without a source generator; compose it of several types.");
                }

                string name = file.Folder + "/" + type.Identifier.Text;
                if (!seen.TryAdd(name, file.Path) && seen[name] != file.Path)
                {
                    yield return file.At(type, $"'{type.Identifier.Text}' has a part in '{seen[name]}', too; compose it of several types.");
                }
            }
        }
    }

    private static bool IsGenerator(AttributeSyntax attribute) => Generators.Contains(attribute.Name.ToString().Split('.')[^1]);
}
