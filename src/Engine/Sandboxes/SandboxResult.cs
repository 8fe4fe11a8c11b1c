using Appliance.Containers.Runtime;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Sandboxes;

/// <summary>How a sandbox ended.</summary>
/// <param name="Ending">Why.</param>
/// <param name="ExitCode">0 to 255; 128 and the number of a signal.</param>
/// <param name="Message">What there is to say, for people; empty for nothing.</param>
public sealed record SandboxResult(SandboxEnding Ending, int ExitCode, string Message)
{
    /// <summary>Null while it has not ended.</summary>
    public static SandboxResult? Of(SandboxRecord record) =>
        record.EndedAt is null ? null : new SandboxResult(record.Ending!.Value, record.ExitCode, record.Message ?? "");

    /// <summary>How a container ended by itself.</summary>
    internal static SandboxResult Explain(ProcessExit exit) => exit switch
    {
        { IsOutOfMemory: true } => new SandboxResult(SandboxEnding.OutOfMemory, exit.Status, "The sandbox ran out of memory: ask for more with memory=."),
        { Fault: { } lost, Status: ProcessExit.KilledStatus } => new SandboxResult(SandboxEnding.Lost, exit.Status, lost),
        { Fault: { } fault } => new SandboxResult(SandboxEnding.StartFailure, exit.Status, fault),
        { Status: 0 } => new SandboxResult(SandboxEnding.Success, 0, ""),
        _ => new SandboxResult(SandboxEnding.Failure, exit.Status, ""),
    };
}
