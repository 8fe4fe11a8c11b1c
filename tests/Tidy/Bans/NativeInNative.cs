using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>Calls into C libraries appear in one place, behind safe handles.</summary>
public sealed class NativeInNative : ITidyRule
{
    private const string Instead = "outside Native; wrap the call in a class of src/Native with safe handles and typed errors.";

    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Source.Where(file => !file.IsIn("src/Native")))
        {
            foreach (AttributeSyntax import in file.Nodes<AttributeSyntax>().Where(IsImport))
            {
                yield return file.At(import, $"{import.Name} {Instead}");
            }

            foreach (MemberAccessExpressionSyntax access in file.Nodes<MemberAccessExpressionSyntax>().Where(access => access.Expression.ToString() is "NativeLibrary"))
            {
                yield return file.At(access, $"NativeLibrary {Instead}");
            }
        }
    }

    private static bool IsImport(AttributeSyntax attribute) => attribute.Name.ToString().Split('.')[^1] is "LibraryImport" or "DllImport";
}
