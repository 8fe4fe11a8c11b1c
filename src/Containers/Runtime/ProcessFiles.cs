namespace Appliance.Containers.Runtime;

/// <summary>One process's files: its output, its input's pipe, how it ended.</summary>
/// <param name="root">Their directory.</param>
/// <param name="keptOutput">How many bytes of each of its outputs are kept: the newest.</param>
public sealed class ProcessFiles(string root, long keptOutput)
{
    public string Root => root;

    public long KeptOutput => keptOutput;

    public string Output => Path.Combine(root, "stdout");

    public string Error => Path.Combine(root, "stderr");

    public string Input => Path.Combine(root, "stdin");

    /// <summary>A terminal's output on its way into <see cref="Output"/>.</summary>
    public string TerminalOutput => Path.Combine(root, "terminal");

    /// <summary>How many bytes of input were taken, and whether it was closed.</summary>
    public string InputProgress => Path.Combine(root, "stdin.taken");

    /// <summary>When the process is to be killed, where it has a time limit.</summary>
    public string Deadline => Path.Combine(root, "deadline");

    public string Exit => Path.Combine(root, "exit");
}
