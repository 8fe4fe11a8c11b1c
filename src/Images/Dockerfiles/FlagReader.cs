namespace Appliance.Images.Dockerfiles;

/// <summary>The switches between an instruction's keyword and what it is about.</summary>
internal static class FlagReader
{
    public static (IReadOnlyList<Flag> Flags, string Text) Read(LogicalLine line)
    {
        List<Flag> flags = [];
        string rest = line.Text;
        bool hasFlags = line.Keyword is "FROM" or "RUN" or "COPY" or "ADD" or "HEALTHCHECK";
        while (hasFlags && rest.StartsWith("--", StringComparison.Ordinal) && rest.Length > 2)
        {
            int end = rest.AsSpan().IndexOfAny(' ', '\t');
            string word = end < 0 ? rest[2..] : rest[2..end];
            rest = end < 0 ? "" : rest[end..].TrimStart();
            int equals = word.IndexOf('=');
            flags.Add(equals < 0 ? new Flag(word, null) : new Flag(word[..equals], word[(equals + 1)..]));
            if (word.Length == 0)
            {
                throw DockerfileFault.At(line.Number, "'--' alone is no switch.");
            }
        }

        return (flags, rest);
    }
}
