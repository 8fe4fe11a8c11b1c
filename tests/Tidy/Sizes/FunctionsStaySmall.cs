using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Sizes;

/// <summary>A function fits a screen.</summary>
public sealed class FunctionsStaySmall : ITidyRule
{
    public const int LinesMax = 70;

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Code
        from node in file.Nodes<SyntaxNode>()
        let body = BodyOf(node)
        where body is not null
        let lines = LinesOf(node, body)
        where lines > LinesMax
        select file.At(body, $"function of {lines} lines, more than {LinesMax}; give its parts names.");

    private static SyntaxNode? BodyOf(SyntaxNode node) => node switch
    {
        BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
        LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody,
        AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
        AnonymousFunctionExpressionSyntax lambda => lambda.Body,
        _ => null,
    };

    // The signature counts, attributes and documentation before it do not.
    private static int LinesOf(SyntaxNode function, SyntaxNode body)
    {
        FileLinePositionSpan span = function.GetLocation().GetLineSpan();
        int first = function switch
        {
            BaseMethodDeclarationSyntax method => method.ParameterList.GetLocation().GetLineSpan().StartLinePosition.Line,
            LocalFunctionStatementSyntax local => local.Identifier.GetLocation().GetLineSpan().StartLinePosition.Line,
            _ => body.GetLocation().GetLineSpan().StartLinePosition.Line,
        };
        return span.EndLinePosition.Line - first + 1;
    }
}
