namespace Appliance.Containers.Shims;

/// <summary>
/// Where a process's standard streams go. Output goes to plain files: the shim appends to them whether or not the
/// appliance runs, so nothing is lost while it restarts. Input, and a terminal's output, are named pipes.
/// </summary>
/// <param name="Input">Named pipe; null for none.</param>
/// <param name="Output">File, or a named pipe for a terminal.</param>
/// <param name="Error">File; null for a terminal, which has one stream.</param>
/// <param name="IsTerminal">Whether the process gets a terminal.</param>
public sealed record ShimStreams(string? Input, string Output, string? Error, bool IsTerminal);
