using Appliance.Tests.Tidy.Bans;

namespace Appliance.Tests.Tidy;

/// <summary>Files that must break a rule, each with the reason. Unused ones are violations themselves.</summary>
public static class Exemptions
{
    public static readonly IReadOnlyList<(Type Rule, string Path, string Reason)> All =
    [
        (typeof(NothingBlocks), "src/Grpc/Client/Calls/HttpCallInvoker.cs", "Grpc.Core's public shape has a unary call that blocks."),
    ];

    public static bool Covers(ITidyRule rule, Violation violation) =>
        All.Any(exemption => exemption.Rule == rule.GetType() && exemption.Path == violation.Path);
}
