using System.Text;

namespace Appliance.Gpus.Cdi;

/// <summary>
/// The part of YAML that tools write CDI specifications in: blocks of members and items, plain and quoted texts, empty
/// lists in brackets. Anything else is refused, not guessed at.
/// </summary>
internal sealed class CdiYaml
{
    private readonly List<Line> lines = [];
    private int at;

    public CdiYaml(string text)
    {
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd();
            string content = line.TrimStart(' ');
            if (content.Length > 0 && content[0] != '#' && line != "---")
            {
                lines.Add(new Line(line.Length - content.Length, content));
            }
        }
    }

    /// <exception cref="FormatException">It is more than this understands.</exception>
    public CdiNode Read()
    {
        CdiNode node = lines.Count == 0 ? CdiNode.Nothing : ReadBlock(lines[0].Indent);
        return at == lines.Count ? node : throw Strange();
    }

    private CdiNode ReadBlock(int indent)
    {
        string first = lines[at].Content;
        return IsItem(first) ? ReadItems(indent) : SplitMember(first) is null ? ReadText() : ReadMembers(indent);
    }

    private CdiNode ReadItems(int indent)
    {
        var node = new CdiNode();
        while (at < lines.Count && lines[at].Indent == indent && IsItem(lines[at].Content))
        {
            string rest = lines[at].Content[1..].TrimStart(' ');
            if (rest.Length > 0)
            {
                // The item's own block begins in the middle of this line.
                int inner = indent + lines[at].Content.Length - rest.Length;
                lines[at] = new Line(inner, rest);
                node.Items.Add(ReadBlock(inner));
            }
            else
            {
                at++;
                node.Items.Add(ReadBelow(indent));
            }
        }

        return node;
    }

    private CdiNode ReadMembers(int indent)
    {
        var node = new CdiNode();
        while (at < lines.Count && lines[at].Indent == indent && SplitMember(lines[at].Content) is { } colon)
        {
            string content = lines[at].Content;
            string name = Unquote(content[..colon].TrimEnd());
            string rest = content[(colon + 1)..].Trim();
            if (rest.Length > 0 && rest[0] != '#')
            {
                lines[at] = new Line(indent, rest);
                node.Members[name] = ReadText();
                continue;
            }

            at++;
            bool isItemsBeside = at < lines.Count && lines[at].Indent == indent && IsItem(lines[at].Content);
            node.Members[name] = isItemsBeside ? ReadItems(indent) : ReadBelow(indent);
        }

        return node;
    }

    private CdiNode ReadBelow(int indent) =>
        at < lines.Count && lines[at].Indent > indent ? ReadBlock(lines[at].Indent) : CdiNode.Nothing;

    private CdiNode ReadText()
    {
        string text = lines[at].Content;
        if (text is not "[]" and not "{}" && text[0] is '[' or '{' or '|' or '>' or '&' or '*' or '!' or '?')
        {
            throw Strange();
        }

        string value = Unquote(text);
        at++;
        return text is "[]" or "{}" or "null" or "~" ? CdiNode.Nothing : new CdiNode { Text = value };
    }

    private static bool IsItem(string content) => content == "-" || content.StartsWith("- ", StringComparison.Ordinal);

    /// <summary>Where the colon after a member's name is; null when the line is no member.</summary>
    private static int? SplitMember(string content)
    {
        int from = 0;
        if (content[0] is '"' or '\'')
        {
            from = content.IndexOf(content[0], 1) + 1;
            return from > 0 && from < content.Length && content[from] == ':' ? from : null;
        }

        int colon = content.IndexOf(": ", from, StringComparison.Ordinal);
        return colon > 0 ? colon : content.EndsWith(':') ? content.Length - 1 : null;
    }

    private string Unquote(string text)
    {
        if (text[0] is not '"' and not '\'')
        {
            int comment = text.IndexOf(" #", StringComparison.Ordinal);
            return comment < 0 ? text : text[..comment].TrimEnd();
        }

        var value = new StringBuilder();
        char quote = text[0];
        for (int index = 1; index < text.Length; index++)
        {
            char letter = text[index];
            bool hasNext = index + 1 < text.Length;
            if (letter == quote && !(quote == '\'' && hasNext && text[index + 1] == quote))
            {
                string after = text[(index + 1)..].TrimStart();
                return after.Length == 0 || after[0] == '#' ? value.ToString() : throw Strange();
            }

            if (letter == quote || (quote == '"' && letter == '\\' && hasNext && text[index + 1] is '"' or '\\'))
            {
                letter = text[++index];
            }
            else if (quote == '"' && letter == '\\')
            {
                throw Strange();
            }

            value.Append(letter);
        }

        throw Strange();
    }

    private FormatException Strange() => new(at < lines.Count ? $"'{lines[at].Content}' is not understood" : "it ends too early");

    private readonly record struct Line(int Indent, string Content);
}
