namespace Appliance.Containers.Specs;

/// <summary>A process to start, as a container's first or beside it.</summary>
public sealed record ProcessSpec
{
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Each as NAME=VALUE; of two with one name the later counts.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public string WorkingDirectory { get; init; } = "/";

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public IReadOnlyList<uint> AdditionalGroups { get; init; } = [];

    /// <summary>Whether root may make device nodes; which of them it may open is decided elsewhere.</summary>
    public bool CanMakeNodes { get; init; } = true;

    /// <summary>The terminal's size where the process gets one; its output is then one stream.</summary>
    public TerminalSize? Terminal { get; init; }

    /// <summary>Whether somebody may write to its standard input; otherwise it is empty.</summary>
    public bool HasInput { get; init; }

    /// <summary>Nobody will ever read its standard output.</summary>
    public bool DiscardsOutput { get; init; }

    /// <summary>Nobody will ever read its standard error.</summary>
    public bool DiscardsError { get; init; }
}

/// <summary>In characters.</summary>
public readonly record struct TerminalSize(uint Rows, uint Columns);
