using Appliance.Core.Ids;
using Appliance.Images.Catalog;

namespace Appliance.Images.Building;

/// <summary>Runs one command of a build in a container. Whoever can run containers offers it.</summary>
public interface IRunStep
{
    /// <summary>Runs the command to its end; what it leaves in the file system comes back as a directory.</summary>
    /// <exception cref="Core.Errors.ApplianceException">The command could not be run at all: why, and what to do.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the command has ended and nothing is left of it.</exception>
    Task<RunStepResult> RunAsync(RunStepRequest request, CancellationToken cancellation);
}

/// <summary>A command of a build.</summary>
/// <param name="ImageId">The image that is being built, for names and logs.</param>
/// <param name="LowerDirectories">The image so far, topmost first. They are held until the step has returned.</param>
/// <param name="Config">The image's configuration so far.</param>
/// <param name="Arguments">The command and its arguments, shell included; never empty.</param>
public sealed record RunStepRequest(
    ImageId ImageId, IReadOnlyList<string> LowerDirectories, ImageConfig Config, IReadOnlyList<string> Arguments)
{
    /// <summary>The whole environment: the image's, build arguments, secrets.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute; exists in the image.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>"user", "uid:gid" and so on, to be looked up in the image; empty for root.</summary>
    public required string User { get; init; }

    public IReadOnlyList<BuildVolume> Volumes { get; init; } = [];

    /// <summary>In the client's words; empty for none.</summary>
    public string Gpu { get; init; } = "";

    /// <summary>Directories that are empty when the command begins and no part of the image: RUN --mount=type=tmpfs and cache.</summary>
    public IReadOnlyList<string> EmptyMounts { get; init; } = [];

    /// <summary>Whether the command has no network: RUN --network=none.</summary>
    public bool HasNoNetwork { get; init; }

    /// <summary>Takes the command's output as it comes; true for standard error. Not called any more once the step has returned.</summary>
    public required Func<ReadOnlyMemory<byte>, bool, ValueTask> Output { get; init; }
}

/// <summary>How a command of a build ended.</summary>
/// <param name="ExitStatus">0 when it succeeded; 128 and the signal's number when a signal ended it.</param>
/// <param name="UpperDirectory">
/// What it changed, in overlay form, on the disk of the data directory and used by nobody any more: the builder takes or
/// removes it. Null when the command failed and it was removed already.
/// </param>
/// <param name="Detail">More than the status says, in one sentence ("it ran out of memory"); null for nothing.</param>
public sealed record RunStepResult(int ExitStatus, string? UpperDirectory, string? Detail = null);

/// <summary>Stands in where nothing can run containers.</summary>
public sealed class NoRunStep : IRunStep
{
    public Task<RunStepResult> RunAsync(RunStepRequest request, CancellationToken cancellation) => throw new Core.Errors.ApplianceException(
        Core.Errors.ErrorKind.Unimplemented, "RUN is not available yet on this server: build the image elsewhere and bring it here with 'appliance image import'.");
}
