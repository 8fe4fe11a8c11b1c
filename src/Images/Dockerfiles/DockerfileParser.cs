using System.Text.Json;

namespace Appliance.Images.Dockerfiles;

/// <summary>Reads Dockerfiles.</summary>
public static class DockerfileParser
{
    /// <summary>Every instruction in its order. Variables in them are not replaced.</summary>
    /// <exception cref="Core.Errors.ApplianceException">InvalidArgument: the line at fault, and why.</exception>
    public static Dockerfile Parse(string text)
    {
        (IReadOnlyList<LogicalLine> lines, char escape) = LineReader.Read(text);
        Instruction[] instructions = [.. lines.Select(line => Parse(line, escape))];
        return new Dockerfile(escape, instructions);
    }

    /// <summary>One instruction that an image keeps for builds on top of it.</summary>
    /// <inheritdoc cref="Parse(string)"/>
    public static IReadOnlyList<Instruction> ParseTrigger(string text) => Parse(text).Instructions;

    private static Instruction Parse(LogicalLine line, char escape)
    {
        string source = $"{line.Keyword} {line.Text}".Trim();
        (IReadOnlyList<Flag> flags, string rest) = FlagReader.Read(line);
        if (rest.Length == 0 && line.Heredocs.Count == 0)
        {
            throw DockerfileFault.At(line.Number, $"{line.Keyword} needs something to follow it.");
        }

        return line.Keyword switch
        {
            "FROM" => ParseFrom(line, source, flags, rest),
            "RUN" => new RunInstruction(line.Number, source, ParseCommand(rest), line.Heredocs, flags),
            "COPY" => ParseCopy(line, source, flags, rest, escape, unpacks: false),
            "ADD" => ParseCopy(line, source, flags, rest, escape, unpacks: true),
            "ENV" => new PairsInstruction(line.Number, source, PairsKind.Environment, PairReader.Read(line, rest, escape)),
            "LABEL" => new PairsInstruction(line.Number, source, PairsKind.Labels, PairReader.Read(line, rest, escape)),
            "ARG" => new ArgumentsInstruction(line.Number, source, PairReader.ReadArguments(line, rest, escape)),
            "WORKDIR" => new TextInstruction(line.Number, source, TextKind.WorkingDirectory, rest),
            "USER" => new TextInstruction(line.Number, source, TextKind.User, rest),
            "STOPSIGNAL" => new TextInstruction(line.Number, source, TextKind.StopSignal, rest),
            "MAINTAINER" => new TextInstruction(line.Number, source, TextKind.Maintainer, rest),
            "CMD" => new CommandInstruction(line.Number, source, CommandKind.Command, ParseCommand(rest)),
            "ENTRYPOINT" => new CommandInstruction(line.Number, source, CommandKind.Entrypoint, ParseCommand(rest)),
            "EXPOSE" => new WordsInstruction(line.Number, source, WordsKind.Ports, Words.SplitRaw(rest, escape), false),
            "VOLUME" => TryReadList(rest) is { } volumes
                ? new WordsInstruction(line.Number, source, WordsKind.Volumes, volumes, true)
                : new WordsInstruction(line.Number, source, WordsKind.Volumes, Words.SplitRaw(rest, escape), false),
            "SHELL" => new ShellInstruction(line.Number, source, TryReadList(rest) is { Count: > 0 } shell
                ? shell
                : throw DockerfileFault.At(line.Number, "SHELL takes a list: SHELL [\"/bin/bash\", \"-c\"].")),
            "ONBUILD" => ParseOnBuild(line, source, rest),
            "HEALTHCHECK" => new IgnoredInstruction(line.Number, source),
            _ => throw DockerfileFault.At(line.Number, $"'{line.Keyword}' is no instruction."),
        };
    }

    private static FromInstruction ParseFrom(LogicalLine line, string source, IReadOnlyList<Flag> flags, string rest)
    {
        string[] words = rest.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        bool isNamed = words.Length == 3 && words[1].Equals("AS", StringComparison.OrdinalIgnoreCase);
        return words.Length == 1 || isNamed
            ? new FromInstruction(line.Number, source, words[0], flags.FirstOrDefault(flag => flag.Name == "platform")?.Value, isNamed ? words[2].ToLowerInvariant() : null)
            : throw DockerfileFault.At(line.Number, "FROM takes one image, and perhaps 'AS name'.");
    }

    private static CopyInstruction ParseCopy(
        LogicalLine line, string source, IReadOnlyList<Flag> flags, string rest, char escape, bool unpacks)
    {
        IReadOnlyList<string> words = TryReadList(rest) ?? Words.SplitRaw(rest, escape);
        string[] sources = [.. words.Take(Math.Max(0, words.Count - 1)).Where(word => line.Heredocs.Count == 0 || !word.StartsWith("<<", StringComparison.Ordinal))];
        return words.Count >= 2
            ? new CopyInstruction(line.Number, source, sources, words[^1], line.Heredocs, flags, unpacks)
            : throw DockerfileFault.At(line.Number, $"{line.Keyword} takes one source or several, and a target.");
    }

    private static OnBuildInstruction ParseOnBuild(LogicalLine line, string source, string rest)
    {
        string keyword = rest.Split(' ', '\t')[0].ToUpperInvariant();
        if (keyword is "ONBUILD" or "FROM" or "MAINTAINER")
        {
            throw DockerfileFault.At(line.Number, $"ONBUILD {keyword} is not allowed.");
        }

        string heredocs = string.Concat(line.Heredocs.Select(heredoc => $"\n{heredoc.Content}{heredoc.Name}"));
        return new OnBuildInstruction(line.Number, source, rest + heredocs);
    }

    private static CommandText ParseCommand(string rest) => TryReadList(rest) is { } words ? new CommandText(words, "") : new CommandText(null, rest);

    /// <summary>Null for what is no list of texts, and so is a text for a shell.</summary>
    private static List<string>? TryReadList(string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using JsonDocument list = JsonDocument.Parse(text);
            return list.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
                ? [.. list.RootElement.EnumerateArray().Select(item => item.GetString()!)]
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A Dockerfile that was read.</summary>
/// <param name="Escape">Its escape character.</param>
/// <param name="Instructions">In their order.</param>
public sealed record Dockerfile(char Escape, IReadOnlyList<Instruction> Instructions);
