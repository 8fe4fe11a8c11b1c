using System.CommandLine;
using System.Text.RegularExpressions;

namespace Appliance.Cli.Completion;

/// <summary>A verb as completion scripts see it.</summary>
/// <param name="Path">Words from the program's name on, such as <c>appliance token create</c>.</param>
public sealed record CompletionVerbNode(
    string Path, string Name, string Description, IReadOnlyList<CompletionVerbNode> Verbs, IReadOnlyList<CompletionOption> Options, CompletionValue Argument)
{
    /// <summary>This verb and all below.</summary>
    public IEnumerable<CompletionVerbNode> Flattened => Verbs.SelectMany(verb => verb.Flattened).Prepend(this);
}

/// <summary>An option and what may follow it; null when nothing does.</summary>
public sealed record CompletionOption(string Name, string Description, CompletionValue? Value);

/// <summary>What a value may be: one of the choices, a path, or anything (neither).</summary>
public sealed record CompletionValue(IReadOnlyList<string> Choices, bool IsFile, bool IsDirectory);

/// <summary>Reads the tree off the commands, so that a new verb is completed without further work.</summary>
public static partial class CompletionTree
{
    public const string Program = "appliance";

    public static CompletionVerbNode Read(Command root) => Read(root, Program, []);

    private static CompletionVerbNode Read(Command command, string path, IReadOnlyList<Option> inherited)
    {
        IReadOnlyList<Option> recursive = [.. inherited, .. command.Options.Where(option => option.Recursive)];
        return new CompletionVerbNode(
            path,
            path.Split(' ')[^1],
            FirstSentence(command.Description),
            [.. command.Subcommands.Where(verb => !verb.Hidden).Select(verb => Read(verb, $"{path} {verb.Name}", recursive))],
            [.. command.Options.Concat(inherited).Where(option => !option.Hidden).Distinct().Select(Read)],
            ValueNamed(command.Arguments.FirstOrDefault()?.HelpName ?? command.Arguments.FirstOrDefault()?.Name));
    }

    private static CompletionOption Read(Option option) => new(
        option.Name, FirstSentence(option.Description), option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? null : ValueNamed(option.HelpName));

    // The help's name of a value says what it is: a list of choices, or a word that we always use alike.
    private static CompletionValue ValueNamed(string? name) => new(
        name is not null && Choices().IsMatch(name) ? name.Split('|') : [], IsFile: name is "FILE", IsDirectory: name is "DIR");

    private static string FirstSentence(string? text)
    {
        string line = (text ?? "").Trim().Split('\n')[0];
        int end = line.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).TrimEnd('.');
    }

    [GeneratedRegex("^[a-z0-9-]+(\\|[a-z0-9-]+)+$")]
    private static partial Regex Choices();
}
