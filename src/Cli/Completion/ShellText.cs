namespace Appliance.Cli.Completion;

/// <summary>Text in the form in which shells read it back.</summary>
internal static class ShellText
{
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    public static string QuoteForFish(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>Every option that takes the word behind it: that word is no verb.</summary>
    public static string ValueOptions(CompletionVerbNode root) => string.Join(
        " | ",
        root.Flattened.SelectMany(verb => verb.Options).Where(option => option.Value is not null).Select(option => option.Name).Distinct().Order(StringComparer.Ordinal));
}
