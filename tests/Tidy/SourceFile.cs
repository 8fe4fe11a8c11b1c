using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Appliance.Tests.Tidy;

/// <summary>A file of the repository; the path is relative to its root, with slashes.</summary>
public sealed class SourceFile(string path, Func<string> read)
{
    private readonly Lazy<string> text = new(read);
    private SyntaxNode? syntax;

    public string Path { get; } = path;

    public string Folder { get; } = path.Contains('/') ? path[..path.LastIndexOf('/')] : "";

    public string Name { get; } = path[(path.LastIndexOf('/') + 1)..];

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public string Text => text.Value;

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    public SyntaxNode Syntax => syntax ??= CSharpSyntaxTree.ParseText(Text, new CSharpParseOptions(LanguageVersion.CSharp13)).GetRoot();

    public IEnumerable<TNode> Nodes<TNode>()
        where TNode : SyntaxNode => Syntax.DescendantNodes().OfType<TNode>();

    public Violation At(SyntaxNode node, string message) =>
        new(Path, node.GetLocation().GetLineSpan().StartLinePosition.Line + 1, message);
}
