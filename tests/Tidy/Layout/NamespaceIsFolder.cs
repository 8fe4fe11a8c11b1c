using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Layout;

/// <summary>A namespace names the folder that holds it. The gRPC layer is spared: it mirrors Grpc.Core's namespaces.</summary>
public sealed class NamespaceIsFolder : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Code.Where(file => !file.IsIn("src/Grpc") && !file.IsIn("tests/Grpc")))
        {
            string expected = file.Folder.Split('/') is ["src", .. var folders]
                ? string.Join('.', ["Appliance", .. folders])
                : "Appliance.Tests" + file.Folder["tests".Length..].Replace('/', '.');
            foreach (BaseNamespaceDeclarationSyntax declared in file.Nodes<BaseNamespaceDeclarationSyntax>())
            {
                if (declared.Name.ToString() != expected)
                {
                    yield return file.At(declared, $"namespace is '{declared.Name}', its folder says '{expected}'.");
                }
            }

            if (file.Nodes<BaseTypeDeclarationSyntax>().FirstOrDefault(type => type.Parent is CompilationUnitSyntax) is { } bare)
            {
                yield return file.At(bare, $"type without a namespace; write 'namespace {expected};'.");
            }
        }
    }
}
