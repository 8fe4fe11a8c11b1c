using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;

namespace Appliance.Images.Building.Steps;

/// <summary>The words of a RUN, with the texts that stand below it.</summary>
internal static class RunCommand
{
    /// <exception cref="FormatException">The form is not one that can be run.</exception>
    public static IReadOnlyList<string> Of(ImageConfig config, RunInstruction run)
    {
        if (run.Heredocs.Count == 0)
        {
            return ConfigSteps.CommandOf(config, run.Command);
        }

        if (run.Command.Words is not null)
        {
            throw new FormatException("a RUN that is a list takes no text below it");
        }

        bool isScriptAlone = run.Heredocs.Count == 1 && run.Command.Text.StartsWith("<<", StringComparison.Ordinal) && !run.Command.Text.Contains(' ');
        string script = isScriptAlone
            ? ScriptOf(run.Heredocs[0])
            : $"{run.Command.Text}\n{string.Concat(run.Heredocs.Select(text => $"{text.Content}{text.Name}\n"))}";
        return [.. ConfigSteps.ShellOf(config), script];
    }

    // A text that names its own interpreter becomes a file, since no shell would obey that line.
    private static string ScriptOf(Heredoc text) => !text.Content.StartsWith("#!", StringComparison.Ordinal)
        ? text.Content
        : $"script=$(mktemp) && cat >\"$script\" <<'{text.Name}'\n{text.Content}{text.Name}\nchmod +x \"$script\"; \"$script\"; status=$?; rm -f \"$script\"; exit $status";
}
