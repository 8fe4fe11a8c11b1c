using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>One class writes to the console.</summary>
public sealed class ConsoleInTerminal : ITidyRule
{
    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Source
        where file.Path != "src/Cli/Output/Terminal.cs"
        from access in file.Nodes<MemberAccessExpressionSyntax>()
        where access.Expression.ToString() is "Console" or "System.Console"
        select file.At(access, "Console outside Terminal.cs; a verb gets a Terminal, a server writes to its ILogger.");
}
