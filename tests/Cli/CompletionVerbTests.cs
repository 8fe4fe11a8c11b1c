using Appliance.Cli;
using Appliance.Tests.Machine;
using Appliance.Tests.Publish;

namespace Appliance.Tests.Cli;

public sealed class CompletionVerbTests
{
    [Theory]
    [InlineData("appliance to", "token")]
    [InlineData("appliance token cr", "create")]
    [InlineData("appliance --data token comp", "completion")]
    [InlineData("appliance completion f", "fish")]
    [InlineData("appliance serve --tls o", "on")]
    [InlineData("appliance serve --log-f", "--log-format")]
    [InlineData("appliance serve --log-format ", "human json")]
    [InlineData("appliance --data /us", "/usr")]
    [InlineData("appliance --config /etc/passw", "/etc/passwd")]
    public async Task Bash_HalfALine_IsCompleted(string line, string expected)
    {
        using var folder = new TemporaryFolder();
        string script = folder.Write("completion", (await VerbRun.OfAsync("completion", "bash")).Output);
        string driver = folder.Write(
            "driver",
            """
            source "$1"
            compopt() { :; }
            read -ra COMP_WORDS <<<"$2"
            [[ $2 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _appliance
            echo "${COMPREPLY[*]}"
            """);
        string completed = await Tool.RunAsync("bash", driver, script, line);
        Assert.Subset(completed.Trim().Split(' ').ToHashSet(), expected.Split(' ').ToHashSet());
    }

    [Fact]
    public async Task Bash_Script_PassesShellcheck()
    {
        using var folder = new TemporaryFolder();
        string script = folder.Write("completion", "#!/usr/bin/env bash\n" + (await VerbRun.OfAsync("completion", "bash")).Output);
        await Tool.RunAsync("shellcheck", script);
    }

    [Theory]
    [InlineData("zsh", "'appliance token'", "_files -/", "'create:")]
    [InlineData("fish", "__appliance_at \"appliance token\"", "-a 'human json'", "-a 'bash zsh fish'")]
    public async Task OtherShells_Script_KnowsVerbsAndValues(string shell, params string[] parts)
    {
        VerbRun run = await VerbRun.OfAsync("completion", shell);
        Assert.All(parts, part => Assert.Contains(part, run.Output));
    }

    [Fact]
    public async Task UnknownShell_IsWrongUsage() => Assert.Equal(ExitStatus.Usage, (await VerbRun.OfAsync("completion", "tcsh")).Status);
}
