namespace Appliance.Tests.Tidy;

public sealed class TidyTests
{
    [Fact]
    public void Tree_AllRules_HoldsNoViolation()
    {
        SourceTree tree = SourceTree.Open();
        Assert.NotEmpty(tree.Source);
        string[] found = [.. TidyRules.All.SelectMany(rule => rule.Inspect(tree).Select(violation => $"{violation} [{rule.GetType().Name}]"))];
        Assert.True(found.Length == 0, $"{found.Length} violations:\n{string.Join('\n', found.Order(StringComparer.Ordinal))}");
    }
}
