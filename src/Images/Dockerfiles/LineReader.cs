using System.Text;
using System.Text.RegularExpressions;

namespace Appliance.Images.Dockerfiles;

/// <summary>Cuts the text of a Dockerfile into instructions.</summary>
internal sealed partial class LineReader
{
    private readonly string[] lines;
    private int next;

    private LineReader(string text) => lines = text.Split('\n');

    /// <summary>The character that takes meaning from the next, and lets a line go on: a backslash unless a directive says otherwise.</summary>
    public char Escape { get; private set; } = '\\';

    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: a text below an instruction does not end.</exception>
    public static (IReadOnlyList<LogicalLine> Lines, char Escape) Read(string text)
    {
        var reader = new LineReader(text);
        reader.ReadDirectives();
        List<LogicalLine> read = [];
        while (reader.ReadNext() is { } line)
        {
            read.Add(line);
        }

        return (read, reader.Escape);
    }

    private void ReadDirectives()
    {
        while (next < lines.Length && Directive().Match(lines[next]) is { Success: true } directive)
        {
            if (directive.Groups["name"].Value.Equals("escape", StringComparison.OrdinalIgnoreCase))
            {
                Escape = directive.Groups["value"].Value switch
                {
                    "\\" => '\\',
                    "`" => '`',
                    var other => throw DockerfileFault.At(next + 1, $"escape={other}: only \\ and ` can be the escape character."),
                };
            }

            next++;
        }
    }

    private LogicalLine? ReadNext()
    {
        while (next < lines.Length && IsSkipped(lines[next]))
        {
            next++;
        }

        if (next == lines.Length)
        {
            return null;
        }

        int number = next + 1;
        string text = Join().Trim();
        int end = text.AsSpan().IndexOfAny(' ', '\t');
        string keyword = (end < 0 ? text : text[..end]).ToUpperInvariant();
        string rest = end < 0 ? "" : text[end..].TrimStart();
        return new LogicalLine(number, keyword, rest, ReadHeredocs(number, keyword, rest));
    }

    private static bool IsSkipped(string line) => line.AsSpan().TrimStart() is var text && (text.IsEmpty || text[0] == '#');

    private string Join()
    {
        var joined = new StringBuilder();
        while (next < lines.Length)
        {
            string line = lines[next++].TrimEnd('\r');
            if (joined.Length > 0 && IsSkipped(line))
            {
                continue;
            }

            string trimmed = line.TrimEnd(' ', '\t');
            bool goesOn = trimmed.EndsWith(Escape) && !(trimmed.Length > 1 && trimmed[^2] == Escape);
            joined.Append(goesOn ? trimmed.AsSpan(..^1) : line);
            if (!goesOn)
            {
                break;
            }
        }

        return joined.ToString();
    }

    private List<Heredoc> ReadHeredocs(int number, string keyword, string text)
    {
        string inner = keyword == "ONBUILD" ? text : $"{keyword} {text}";
        bool mayHave = inner.Split(' ', '\t')[0].ToUpperInvariant() is "RUN" or "COPY" or "ADD";
        if (!mayHave || !text.Contains("<<", StringComparison.Ordinal))
        {
            return [];
        }

        List<Heredoc> heredocs = [];
        foreach (string word in Words.SplitRaw(text, Escape))
        {
            if (HeredocWord().Match(word) is { Success: true } start)
            {
                heredocs.Add(ReadHeredoc(number, start.Groups["name"].Value, start.Groups["tabs"].Success, start.Groups["quote"].Length == 0));
            }
        }

        return heredocs;
    }

    private Heredoc ReadHeredoc(int number, string name, bool stripsTabs, bool isExpanded)
    {
        var content = new StringBuilder();
        while (next < lines.Length)
        {
            string line = lines[next++].TrimEnd('\r');
            line = stripsTabs ? line.TrimStart('\t') : line;
            if (line == name)
            {
                return new Heredoc(name, content.ToString(), isExpanded);
            }

            content.Append(line).Append('\n');
        }

        throw DockerfileFault.At(number, $"the text that begins with '<<{name}' has no line '{name}' at its end.");
    }

    [GeneratedRegex(@"^\s*#\s*(?<name>syntax|escape|check)\s*=\s*(?<value>.+?)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Directive();

    [GeneratedRegex(@"^\d*<<(?<tabs>-)?(?<quote>['""]?)(?<name>[A-Za-z0-9_.][A-Za-z0-9_.-]*)\k<quote>$", RegexOptions.CultureInvariant)]
    private static partial Regex HeredocWord();
}
