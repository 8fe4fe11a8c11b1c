using System.Text;

namespace Appliance.Images.Dockerfiles;

/// <summary>Replaces variables in one word, and takes away its quotes and escapes.</summary>
internal sealed class WordExpansion(string word, Func<string, string?> lookUp, char escape)
{
    private const int DepthMax = 20;

    private readonly StringBuilder result = new();
    private int index;

    /// <summary>For texts that are no words: quotes mean nothing in them.</summary>
    public bool KeepsQuotes { get; init; }

    private int Depth { get; init; }

    public string Run()
    {
        while (index < word.Length)
        {
            char letter = word[index];
            if (letter == '\'' && !KeepsQuotes)
            {
                TakeSingleQuoted();
            }
            else if (letter == '"' && !KeepsQuotes)
            {
                TakeDoubleQuoted();
            }
            else if (letter == escape)
            {
                TakeEscaped();
            }
            else
            {
                TakeLetter();
            }
        }

        return result.ToString();
    }

    private void TakeLetter()
    {
        if (word[index] == '$')
        {
            TakeVariable();
        }
        else
        {
            result.Append(word[index++]);
        }
    }

    private void TakeEscaped()
    {
        index++;
        if (KeepsQuotes && (index == word.Length || (word[index] != '$' && word[index] != escape)))
        {
            result.Append(escape);
        }
        else if (index < word.Length)
        {
            result.Append(word[index++]);
        }
    }

    private void TakeSingleQuoted()
    {
        int end = word.IndexOf('\'', index + 1);
        if (end < 0)
        {
            throw new FormatException($"the quote in {word} is not closed");
        }

        result.Append(word.AsSpan(index + 1, end - index - 1));
        index = end + 1;
    }

    private void TakeDoubleQuoted()
    {
        index++;
        while (index < word.Length && word[index] != '"')
        {
            if (word[index] == escape && index + 1 < word.Length && (word[index + 1] is '"' or '$' || word[index + 1] == escape))
            {
                result.Append(word[index + 1]);
                index += 2;
            }
            else
            {
                TakeLetter();
            }
        }

        if (index == word.Length)
        {
            throw new FormatException($"the quote in {word} is not closed");
        }

        index++;
    }

    private void TakeVariable()
    {
        index++;
        if (index < word.Length && word[index] == '{')
        {
            int end = FindBrace();
            result.Append(Resolve(word[(index + 1)..end]));
            index = end + 1;
            return;
        }

        int start = index;
        while (index < word.Length && (char.IsAsciiLetterOrDigit(word[index]) || word[index] == '_'))
        {
            index++;
        }

        // A dollar that no name follows is a dollar.
        result.Append(index == start ? "$" : lookUp(word[start..index]) ?? "");
    }

    private int FindBrace()
    {
        int depth = 0;
        for (int at = index; at < word.Length; at++)
        {
            depth += word[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return at;
            }
        }

        throw new FormatException($"'${{' in {word} is not closed");
    }

    private string Resolve(string inner)
    {
        int end = 0;
        while (end < inner.Length && (char.IsAsciiLetterOrDigit(inner[end]) || inner[end] == '_'))
        {
            end++;
        }

        if (end == 0)
        {
            throw new FormatException($"'${{{inner}}}' names no variable");
        }

        string? value = lookUp(inner[..end]);
        string rest = inner[end..];
        bool countsEmpty = rest.StartsWith(':');
        bool isSet = countsEmpty ? !string.IsNullOrEmpty(value) : value is not null;
        string modifier = countsEmpty ? rest[1..] : rest;
        return modifier switch
        {
            "" when !countsEmpty => value ?? "",
            ['-', .. var other] => isSet ? value! : Nested(other),
            ['+', .. var other] => isSet ? Nested(other) : "",
            ['?', .. var message] => isSet ? value! : throw new FormatException(message.Length > 0 ? Nested(message) : $"'{inner[..end]}' has no value"),
            _ => throw new FormatException($"'${{{inner}}}' is not understood: only ${{name}}, :-, -, :+, +, :? and ? are"),
        };
    }

    private string Nested(string text) => Depth >= DepthMax
        ? throw new FormatException("variables are nested too deep")
        : new WordExpansion(text, lookUp, escape) { KeepsQuotes = KeepsQuotes, Depth = Depth + 1 }.Run();
}
