using System.Text;

namespace Appliance.Cli.Completion;

/// <summary>Completion for zsh.</summary>
public static class ZshScript
{
    public static string Write(CompletionVerbNode root)
    {
        var script = new StringBuilder();
        script.Append(
            $$"""
            #compdef {{CompletionTree.Program}}
            # Completion of {{CompletionTree.Program}} for zsh. Put it on the function path:
            #   {{CompletionTree.Program}} completion zsh > "${fpath[1]}/_{{CompletionTree.Program}}"
            _appliance() {
              local verb={{CompletionTree.Program}} index
              local -a verbs options choices
              for ((index = 2; index < CURRENT; index++)); do
                case "${words[index]}" in
                  {{ShellText.ValueOptions(root)}}) ((index++)); continue ;;
                esac
                case "$verb ${words[index]}" in
                  {{string.Join("|", root.Flattened.Skip(1).Select(verb => $"'{verb.Path}'"))}}) verb="$verb ${words[index]}" ;;
                esac
              done
              case "$verb ${words[CURRENT - 1]}" in

            """);
        foreach (CompletionVerbNode verb in root.Flattened)
        {
            foreach (CompletionOption option in verb.Options.Where(option => option.Value is not null))
            {
                script.Append($"    '{verb.Path} {option.Name}') {Reply(option.Value!)}; return ;;\n");
            }
        }

        script.Append("  esac\n  case \"$verb\" in\n");
        foreach (CompletionVerbNode verb in root.Flattened)
        {
            script.Append($"    '{verb.Path}')\n");
            script.Append($"      verbs=({string.Join(' ', verb.Verbs.Select(below => Described(below.Name, below.Description)))})\n");
            script.Append($"      choices=({string.Join(' ', verb.Argument.Choices)})\n");
            script.Append($"      options=({string.Join(' ', verb.Options.Select(option => Described(option.Name, option.Description)))}) ;;\n");
        }

        script.Append(
            $$"""
              esac
              (( ${#verbs} )) && _describe -t verbs verb verbs
              (( ${#choices} )) && compadd -- $choices
              _describe -t options option options
            }
            if [[ ${funcstack[1]} == _appliance ]]; then
              _appliance "$@"
            else
              compdef _appliance {{CompletionTree.Program}}
            fi

            """);
        return script.ToString();
    }

    private static string Described(string name, string description) => ShellText.Quote($"{name}:{description}");

    private static string Reply(CompletionValue value) => value switch
    {
        { IsFile: true } => "_files",
        { IsDirectory: true } => "_files -/",
        { Choices.Count: > 0 } => $"compadd -- {string.Join(' ', value.Choices)}",
        _ => ":",
    };
}
