using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis;

namespace Appliance.Tests.Tidy.Layout;

/// <summary>Dependencies between the folders of <c>src</c> point to the ground only.</summary>
public sealed class LayerArrows : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Source)
        {
            string[] place = file.Path.Split('/');
            string layer = place[1];
            if (place.Length == 2 || (layer != Layers.Grpc && !Layers.IsLayer(layer)))
            {
                yield return new Violation(file.Path, 0, $"'src/{layer}' is no capability of the layout; put the file into one of them.");
                continue;
            }

            foreach ((SyntaxNode node, string[] name) in References(tree, file))
            {
                if (Fault(layer, place[2], name) is { } fault)
                {
                    yield return file.At(node, fault);
                }
            }
        }
    }

    private static string? Fault(string layer, string secondFolder, string[] name)
    {
        if (name[0] == "Grpc")
        {
            return Layers.GrpcReaders.Contains(layer) ? null : $"{layer} must not know gRPC; let a gateway, Admin or Hosting translate.";
        }

        string target = name[1];
        if (Layers.IsLayer(target) && !Layers.MaySee(layer, target))
        {
            return $"{layer} must not see {target} (arrows point leftwards); move the code down, or take an interface that {target} implements.";
        }

        bool isGatewayPair = layer == Layers.Gateways && target == Layers.Gateways && name.Length > 2;
        return isGatewayPair && !Layers.GatewayMaySee(secondFolder, name[2])
            ? $"gateway {secondFolder} must not see gateway {name[2]}; share through Engine or a folder of Gateways that is none."
            : null;
    }

    private static IEnumerable<(SyntaxNode Node, string[] Name)> References(SourceTree tree, SourceFile file)
    {
        IEnumerable<SyntaxNode> names = file.Syntax.DescendantNodes()
            .Where(node => node is QualifiedNameSyntax or MemberAccessExpressionSyntax)
            .Where(node => node.Parent is not QualifiedNameSyntax and not MemberAccessExpressionSyntax and not BaseNamespaceDeclarationSyntax);
        foreach (SyntaxNode node in names.Concat(file.Nodes<UsingDirectiveSyntax>().Where(used => used.Name is IdentifierNameSyntax)))
        {
            string[] name = LeadingName(node is UsingDirectiveSyntax used ? used.Name! : node);
            if (name is ["Appliance", _, ..] || (name is ["Grpc", _, ..] && IsGrpcNamespace(file, name)))
            {
                yield return (node, name);
            }
            else if (name is [_, _, ..] && IsRelative(tree, name))
            {
                yield return (node, ["Appliance", .. name]);
            }
        }
    }

    /// <summary>Inside <c>namespace Appliance.X</c>, <c>Hosting.Settings.Y</c> means the layer, too.</summary>
    private static bool IsRelative(SourceTree tree, string[] name) =>
        Layers.IsLayer(name[0]) && (tree.HoldsFolder($"src/{name[0]}/{name[1]}") || tree.Holds($"src/{name[0]}/{name[1]}.cs"));

    // A property named Grpc is no namespace; the namespaces' second parts are few.
    private static bool IsGrpcNamespace(SourceFile file, string[] name) =>
        name[1] is "Core" or "Net" or "AspNetCore" or "Health" or "Reflection" && !file.IsIn("src/Grpc");

    private static string[] LeadingName(SyntaxNode node) => node switch
    {
        QualifiedNameSyntax qualified => [.. LeadingName(qualified.Left), qualified.Right.Identifier.Text],
        MemberAccessExpressionSyntax access when access.IsKind(SyntaxKind.SimpleMemberAccessExpression) =>
            LeadingName(access.Expression) is { Length: > 0 } left ? [.. left, access.Name.Identifier.Text] : [],
        AliasQualifiedNameSyntax alias => [alias.Name.Identifier.Text],
        SimpleNameSyntax simple => [simple.Identifier.Text],
        _ => [],
    };
}
