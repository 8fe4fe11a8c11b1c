using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>JSON goes through generated metadata, the only kind there is in a native executable.</summary>
public sealed class JsonHasContext : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Source
        from call in file.Nodes<InvocationExpressionSyntax>()
        where call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "JsonSerializer" } }
            && (call.ArgumentList.Arguments.Count < 2 || call.ArgumentList.ToString().Contains("JsonSerializerOptions"))
        select file.At(call, "JsonSerializer without a context; pass the JsonTypeInfo of a JsonSerializerContext.");
}
