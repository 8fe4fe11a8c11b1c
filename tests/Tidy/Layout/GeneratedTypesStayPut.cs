using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Layout;

/// <summary>Generated protocol types never leave the place that translates them.</summary>
public sealed class GeneratedTypesStayPut : ITidyRule
{
    private const string Generated = "Appliance.Protos.";

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Source
        from used in file.Nodes<UsingDirectiveSyntax>()
        let name = used.NamespaceOrType.ToString()
        where name.StartsWith(Generated, StringComparison.Ordinal) && !MayUse(file, name[Generated.Length..])
        select file.At(used, $"'{name}' holds generated types: shims' belong to Containers, all others to a gateway; translate there.");

    private static bool MayUse(SourceFile file, string protocol) => protocol.Split('.')[0] switch
    {
        "Containerd" => file.IsIn("src/Containers"),
        "Rpc" or "Http" => file.IsIn("src/Gateways") || file.IsIn("src/Hosting") || file.IsIn("src/Admin") || file.IsIn("src/Grpc")
            || file.IsIn("src/Containers/Ttrpc"),
        _ => file.IsIn("src/Gateways"),
    };
}
