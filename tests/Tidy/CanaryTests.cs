using Appliance.Tests.Tidy.Layout;

namespace Appliance.Tests.Tidy;

/// <summary>A rule that finds nothing any more would look like a tidy tree.</summary>
public sealed class CanaryTests
{
    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Canaries.All.Count)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Rule_ItsCanary_IsFound(int index)
    {
        (Type rule, string path, string text) = Canaries.All[index];
        var tree = new SourceTree([new SourceFile(path, () => text)]);
        Assert.True(TidyRules.All.Single(known => known.GetType() == rule).Inspect(tree).Any(), $"{rule.Name} overlooks in {path}: {text.Trim()}");
    }

    [Fact]
    public void FoldersStaySmall_TwentyOneFiles_IsFound()
    {
        var tree = new SourceTree([.. Enumerable.Range(0, 21).Select(number => new SourceFile($"src/Core/A{number}.cs", () => ""))]);
        Assert.Single(new FoldersStaySmall().Inspect(tree));
    }

    [Fact]
    public void EveryRule_HasACanary() => Assert.Empty(
        TidyRules.All.Select(rule => rule.GetType()).Except(Canaries.All.Select(canary => canary.Rule)).Except([typeof(FoldersStaySmall)]));

    [Fact]
    public void LayerArrows_AllowedReferences_AreNot()
    {
        var tree = new SourceTree(
        [
            new SourceFile("src/Engine/A.cs", () => "using Appliance.Blocks; using System.Text; class A { object b = Grpc.Port; }"),
            new SourceFile("src/Gateways/Fn/A.cs", () => "using Appliance.Gateways.Calls; using Appliance.Gateways.Fn.B; using Grpc.Core;"),
            new SourceFile("src/Cli/Program.cs", () => "using Appliance.Hosting;"),
        ]);
        Assert.Empty(new LayerArrows().Inspect(tree));
    }
}
