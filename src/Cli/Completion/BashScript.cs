using System.Text;

namespace Appliance.Cli.Completion;

/// <summary>Completion for bash.</summary>
public static class BashScript
{
    public static string Write(CompletionVerbNode root)
    {
        var script = new StringBuilder();
        script.Append(
            $$"""
            # Completion of {{CompletionTree.Program}} for bash. Use it now:  source <({{CompletionTree.Program}} completion bash)
            # Or always:  {{CompletionTree.Program}} completion bash > /etc/bash_completion.d/{{CompletionTree.Program}}
            _appliance() {
              local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb={{CompletionTree.Program}} words index
              COMPREPLY=()
              for ((index = 1; index < COMP_CWORD; index++)); do
                case "${COMP_WORDS[index]}" in
                  {{ShellText.ValueOptions(root)}}) ((index++)); continue ;;
                esac
                case "$verb ${COMP_WORDS[index]}" in
                  {{string.Join(" | ", root.Flattened.Skip(1).Select(verb => $"'{verb.Path}'"))}}) verb="$verb ${COMP_WORDS[index]}" ;;
                esac
              done
              case "$verb $previous" in

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
            IEnumerable<string> words = verb.Verbs.Select(below => below.Name).Concat(verb.Argument.Choices).Concat(verb.Options.Select(option => option.Name));
            script.Append($"    '{verb.Path}') words='{string.Join(' ', words)}' ;;\n");
        }

        script.Append(
            $$"""
              esac
              if [[ -n $words ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
              fi
            }
            complete -F _appliance {{CompletionTree.Program}}

            """);
        return script.ToString();
    }

    private static string Reply(CompletionValue value) => value switch
    {
        { IsFile: true } => "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")",
        { IsDirectory: true } => "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")",
        { Choices.Count: > 0 } => $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', value.Choices)}' -- \"$current\")",
        _ => ":",
    };
}
