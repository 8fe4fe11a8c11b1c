using System.Text;

namespace Appliance.Images.Dockerfiles;

/// <summary>
/// Words as Dockerfiles have them: separated by spaces, with quotes around what belongs together, and variables that stand
/// for their values.
/// </summary>
public static class Words
{
    /// <summary>Splits at spaces outside of quotes; quotes and escapes stay.</summary>
    public static IReadOnlyList<string> SplitRaw(string text, char escape)
    {
        List<string> words = [];
        var word = new StringBuilder();
        char quote = '\0';
        for (int index = 0; index < text.Length; index++)
        {
            char letter = text[index];
            if (letter == escape && quote != '\'' && index + 1 < text.Length)
            {
                word.Append(letter).Append(text[++index]);
            }
            else if (quote == '\0' && (letter is ' ' or '\t' or '\n'))
            {
                Flush(words, word);
            }
            else
            {
                quote = letter == quote ? '\0' : quote == '\0' && (letter is '"' or '\'') ? letter : quote;
                word.Append(letter);
            }
        }

        Flush(words, word);
        return words;
    }

    /// <summary>Splits a text and takes away quotes and escapes; variables stand for their values.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lookUp">The value of a variable; null where it has none.</param>
    /// <param name="escape">The escape character.</param>
    /// <exception cref="FormatException">A quote or a brace is not closed.</exception>
    public static IReadOnlyList<string> Split(string text, Func<string, string?> lookUp, char escape) =>
        [.. SplitRaw(text, escape).Select(word => Expand(word, lookUp, escape))];

    /// <summary>One word without its quotes and escapes, variables replaced.</summary>
    /// <inheritdoc cref="Split"/>
    public static string Expand(string word, Func<string, string?> lookUp, char escape) =>
        new WordExpansion(word, lookUp, escape).Run();

    /// <summary>A text in which variables stand for their values, and all else is as it was.</summary>
    /// <inheritdoc cref="Split"/>
    public static string ExpandText(string text, Func<string, string?> lookUp, char escape) =>
        new WordExpansion(text, lookUp, escape) { KeepsQuotes = true }.Run();

    private static void Flush(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }
}
