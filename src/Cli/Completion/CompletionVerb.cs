using System.CommandLine;
using Appliance.Core.Errors;

namespace Appliance.Cli.Completion;

/// <summary><c>appliance completion bash|zsh|fish</c>: a script for the shell, made from the verbs as they are.</summary>
public static class CompletionVerb
{
    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "For which shell.", HelpName = "bash|zsh|fish" };
        var command = new Command("completion", "Print a completion script for a shell; its first lines say where to put it.") { shell };
        command.Runs((parsed, terminal, _) =>
        {
            CompletionVerbNode tree = CompletionTree.Read(parsed.RootCommandResult.Command);
            terminal.WriteLine((parsed.GetValue(shell) switch
            {
                "bash" => BashScript.Write(tree),
                "zsh" => ZshScript.Write(tree),
                "fish" => FishScript.Write(tree),
                var other => throw new ApplianceException(ErrorKind.InvalidArgument, $"'{other}' is not one of bash, zsh and fish."),
            }).TrimEnd());
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }
}
