using Appliance.Tests.Tidy.Bans;
using Appliance.Tests.Tidy.Layout;

namespace Appliance.Tests.Tidy;

/// <summary>Files that must break a rule, each with the reason. Unused ones are violations themselves.</summary>
public static class Exemptions
{
    public static readonly IReadOnlyList<(Type Rule, string Path, string Reason)> All =
    [
        (typeof(NothingBlocks), "src/Grpc/Client/Calls/HttpCallInvoker.cs", "Grpc.Core's public shape has a unary call that blocks."),
        (typeof(NamespaceIsFolder), "src/Core/Sequences.cs", "Its operators are found before LINQ's only from the namespace around all of the program's."),
    ];

    public static bool Covers(ITidyRule rule, Violation violation) =>
        All.Any(exemption => exemption.Rule == rule.GetType() && exemption.Path == violation.Path);
}
