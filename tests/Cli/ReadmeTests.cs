using Appliance.Cli;
using Appliance.Hosting.Settings;
using Appliance.Tests.Tidy;

namespace Appliance.Tests.Cli;

/// <summary>The README says what the program says.</summary>
public sealed class ReadmeTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(SourceTree.FindRoot(), "README.md"));

    [Fact]
    public void Settings_InTheTable_AreAllThereAre()
    {
        string[] rows = [.. SettingKeys.All.Select(key => $"| `{key.Name}` |{(key.Default is null ? "" : $" `{key.Default}`")} | {key.Help} |")];
        Assert.All(rows, row => Assert.Contains(row, Text));
        Assert.Equal(rows.Length, Text.Split('\n').SkipWhile(line => !line.StartsWith("| setting", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')).Count());
    }

    [Fact]
    public void ExitStatuses_InTheTable_AreAllThereAre() =>
        Assert.All(Enum.GetValues<ExitStatus>(), status => Assert.Contains($"\n| {(int)status} | ", Text));

    [Fact]
    public void Verbs_ThatAreNamed_Exist()
    {
        string[] named = [.. Text.Split("`appliance ")[1..].Select(rest => rest.Split('`', ' ')[0])];
        Assert.NotEmpty(named);
        Assert.Subset(CommandLine.Build().Subcommands.Select(verb => verb.Name).ToHashSet(), named.ToHashSet());
    }
}
