using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tests.Tidy.Bans;

/// <summary>Time comes from a clock that a test can turn.</summary>
public sealed class ClockIsTimeProvider : ITidyRule
{
    private static readonly string[] Clocks =
    [
        "DateTime.Now", "DateTime.UtcNow", "DateTime.Today", "DateTimeOffset.Now", "DateTimeOffset.UtcNow",
        "Environment.TickCount", "Environment.TickCount64",
    ];

    public IEnumerable<Violation> Inspect(SourceTree tree) =>
        from file in tree.Source
        from access in file.Nodes<MemberAccessExpressionSyntax>()
        let name = access.ToString()
        where Clocks.Contains(name) || Clocks.Any(clock => name == "System." + clock)
        select file.At(access, $"{name}; take a TimeProvider and ask GetUtcNow() or GetTimestamp().");
}
