namespace Appliance.Images.Dockerfiles;

/// <summary>One instruction of a Dockerfile. Variables in it are not replaced yet.</summary>
/// <param name="Line">Where it stands, from 1.</param>
/// <param name="Source">The instruction as written, for logs.</param>
public abstract record Instruction(int Line, string Source);

/// <summary>Begins a stage.</summary>
/// <param name="Image">A reference, the name of a stage, or 'scratch'.</param>
/// <param name="Platform">Null for that of this machine.</param>
/// <param name="Name">What other stages call this one; null for nothing.</param>
public sealed record FromInstruction(int Line, string Source, string Image, string? Platform, string? Name) : Instruction(Line, Source);

/// <summary>Runs a command in a container.</summary>
public sealed record RunInstruction(
    int Line, string Source, CommandText Command, IReadOnlyList<Heredoc> Heredocs, IReadOnlyList<Flag> Flags) : Instruction(Line, Source);

/// <summary>Copies files into the image.</summary>
/// <param name="Sources">Patterns, or addresses.</param>
/// <param name="Target">A file or a directory.</param>
/// <param name="Texts">Files that stand in the Dockerfile itself.</param>
/// <param name="Flags">from, chown, chmod and others.</param>
/// <param name="UnpacksArchives">Whether it is ADD.</param>
public sealed record CopyInstruction(
    int Line, string Source, IReadOnlyList<string> Sources, string Target, IReadOnlyList<Heredoc> Texts, IReadOnlyList<Flag> Flags, bool UnpacksArchives)
    : Instruction(Line, Source);

/// <summary>Sets environment variables, or labels.</summary>
public sealed record PairsInstruction(int Line, string Source, PairsKind Kind, IReadOnlyList<(string Key, string Value)> Pairs) : Instruction(Line, Source);

public enum PairsKind
{
    Environment,
    Labels,
}

/// <summary>Declares arguments of the build, with their defaults or without.</summary>
public sealed record ArgumentsInstruction(int Line, string Source, IReadOnlyList<(string Name, string? Default)> Arguments) : Instruction(Line, Source);

/// <summary>Sets what is one text: WORKDIR, USER, STOPSIGNAL.</summary>
public sealed record TextInstruction(int Line, string Source, TextKind Kind, string Value) : Instruction(Line, Source);

public enum TextKind
{
    WorkingDirectory,
    User,
    StopSignal,
    Maintainer,
}

/// <summary>Sets what containers run: CMD, ENTRYPOINT.</summary>
public sealed record CommandInstruction(int Line, string Source, CommandKind Kind, CommandText Command) : Instruction(Line, Source);

public enum CommandKind
{
    Command,
    Entrypoint,
}

/// <summary>Adds to a set of words: EXPOSE, VOLUME.</summary>
public sealed record WordsInstruction(int Line, string Source, WordsKind Kind, IReadOnlyList<string> Values, bool IsList) : Instruction(Line, Source);

public enum WordsKind
{
    Ports,
    Volumes,
}

/// <summary>Sets what runs commands that are one text.</summary>
public sealed record ShellInstruction(int Line, string Source, IReadOnlyList<string> Shell) : Instruction(Line, Source);

/// <summary>Keeps an instruction for builds on top of the image.</summary>
public sealed record OnBuildInstruction(int Line, string Source, string Text) : Instruction(Line, Source);

/// <summary>An instruction of no meaning here: HEALTHCHECK.</summary>
public sealed record IgnoredInstruction(int Line, string Source) : Instruction(Line, Source);

/// <summary>A command: a list of words, or one text for a shell.</summary>
/// <param name="Words">Null where it is a text.</param>
/// <param name="Text">Empty where it is a list.</param>
public sealed record CommandText(IReadOnlyList<string>? Words, string Text);

/// <summary>A switch of an instruction: <c>--name=value</c>, or <c>--name</c>.</summary>
public sealed record Flag(string Name, string? Value);
