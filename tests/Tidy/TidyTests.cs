namespace Appliance.Tests.Tidy;

public sealed class TidyTests
{
    [Fact]
    public void Tree_AllRules_HoldsNoViolation()
    {
        SourceTree tree = SourceTree.Open();
        Assert.NotEmpty(tree.Source);
        string[] found = [.. TidyRules.All.SelectMany(rule => Found(rule, tree))];
        Assert.True(found.Length == 0, $"{found.Length} violations:\n{string.Join('\n', found.Order(StringComparer.Ordinal))}");
    }

    private static IEnumerable<string> Found(ITidyRule rule, SourceTree tree)
    {
        ILookup<bool, Violation> violations = rule.Inspect(tree).ToLookup(violation => Exemptions.Covers(rule, violation));
        IEnumerable<string> stale = Exemptions.All
            .Where(exemption => exemption.Rule == rule.GetType() && !violations[true].Any(violation => violation.Path == exemption.Path))
            .Select(exemption => $"{exemption.Path}: needs no exemption any more; remove it from Exemptions.cs.");
        return violations[false].Select(violation => violation.ToString()).Concat(stale).Select(text => $"{text} [{rule.GetType().Name}]");
    }
}
