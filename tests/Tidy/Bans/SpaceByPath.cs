using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>The room on a disk is known even where the list of mounts does not name the disk.</summary>
public sealed class SpaceByPath : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Code
        from name in file.Nodes<IdentifierNameSyntax>()
        where name.Identifier.Text == "DriveInfo"
        select file.At(name, "DriveInfo, which depends on the list of mounts; ask DiskSpace.Of(path).");
}
