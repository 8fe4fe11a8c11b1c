using System.Text;

namespace Appliance.Cli.Completion;

/// <summary>Completion for fish.</summary>
public static class FishScript
{
    public static string Write(CompletionVerbNode root)
    {
        var script = new StringBuilder();
        script.Append(
            $$"""
            # Completion of {{CompletionTree.Program}} for fish:
            #   {{CompletionTree.Program}} completion fish > ~/.config/fish/completions/{{CompletionTree.Program}}.fish
            function __appliance_at
                set -l verb {{CompletionTree.Program}}
                set -l words (commandline -opc)
                set -l skip no
                for word in $words[2..]
                    if test $skip = yes
                        set skip no
                        continue
                    end
                    switch "$word"
                        case {{ShellText.ValueOptions(root).Replace(" | ", " ", StringComparison.Ordinal)}}
                            set skip yes
                            continue
                    end
                    switch "$verb $word"
                        case {{string.Join(' ', root.Flattened.Skip(1).Select(verb => $"'{verb.Path}'"))}}
                            set verb "$verb $word"
                    end
                end
                test "$verb" = "$argv[1]"
            end
            complete -c {{CompletionTree.Program}} -f

            """);
        foreach (CompletionVerbNode verb in root.Flattened)
        {
            string at = $"complete -c {CompletionTree.Program} -n {ShellText.Quote($"__appliance_at \"{verb.Path}\"")}";
            foreach (CompletionVerbNode below in verb.Verbs)
            {
                script.Append($"{at} -a {below.Name} -d {ShellText.QuoteForFish(below.Description)}\n");
            }

            if (verb.Argument.Choices.Count > 0)
            {
                script.Append($"{at} -a '{string.Join(' ', verb.Argument.Choices)}'\n");
            }

            foreach (CompletionOption option in verb.Options)
            {
                script.Append($"{at} {NameOf(option.Name)} -d {ShellText.QuoteForFish(option.Description)}{Value(option.Value)}\n");
            }
        }

        return script.ToString();
    }

    private static string NameOf(string name) => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : $"-o {name[1..]}";

    private static string Value(CompletionValue? value) => value switch
    {
        null => "",
        { IsFile: true } => " -r -F",
        { IsDirectory: true } => " -x -a '(__fish_complete_directories)'",
        { Choices.Count: > 0 } => $" -x -a '{string.Join(' ', value.Choices)}'",
        _ => " -x",
    };
}
