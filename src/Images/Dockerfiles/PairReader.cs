namespace Appliance.Images.Dockerfiles;

/// <summary>Names with values, as ENV, LABEL and ARG have them.</summary>
internal static class PairReader
{
    /// <summary>"a=1 b=2", or the old form "a all the rest".</summary>
    public static IReadOnlyList<(string Key, string Value)> Read(LogicalLine line, string text, char escape)
    {
        IReadOnlyList<string> words = Words.SplitRaw(text, escape);
        if (!words[0].Contains('='))
        {
            string rest = text[words[0].Length..].TrimStart();
            return rest.Length > 0
                ? [(words[0], rest)]
                : throw DockerfileFault.At(line.Number, $"{line.Keyword} {words[0]} has no value: write {line.Keyword} {words[0]}=VALUE.");
        }

        return [.. words.Select(word => Cut(line, word))];
    }

    public static IReadOnlyList<(string Name, string? Default)> ReadArguments(LogicalLine line, string text, char escape) =>
        [.. Words.SplitRaw(text, escape).Select(word => word.Contains('=') ? Cut(line, word) : (word, (string?)null))];

    private static (string Key, string Value) Cut(LogicalLine line, string word)
    {
        int equals = word.IndexOf('=');
        return equals > 0
            ? (word[..equals], word[(equals + 1)..])
            : throw DockerfileFault.At(line.Number, $"'{word}' is no NAME=VALUE.");
    }
}
