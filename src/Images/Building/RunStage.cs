using Appliance.Core.Errors;
using Appliance.Images.Building.Steps;
using Appliance.Images.Dockerfiles;
using Appliance.Images.Layers;
using Appliance.Images.Transfers;

namespace Appliance.Images.Building;

/// <summary>Has RUN run, and takes what it left.</summary>
internal sealed class RunStage(BuildWork work)
{
    /// <exception cref="ApplianceException">FailedPrecondition: the command failed.</exception>
    public async Task<BuildStage> RunAsync(BuildStage stage, RunInstruction run, CancellationToken cancellation)
    {
        RunFlags flags = RunFlags.Read(run.Flags);
        var request = new RunStepRequest(
            work.Id, stage.LowerDirectories(work.Files.Empty), stage.Config, RunCommand.Of(stage.Config, run))
        {
            Environment = EnvironmentOf(stage),
            WorkingDirectory = stage.Config.Run.WorkingDir is { Length: > 0 } directory ? directory : "/",
            User = stage.Config.Run.User ?? "",
            Volumes = work.Request.Volumes,
            Gpu = work.Request.Gpu,
            EmptyMounts = flags.EmptyMounts,
            HasNoNetwork = flags.HasNoNetwork,
            Output = work.Output,
        };
        RunStepResult result = await work.Runner.RunAsync(request, cancellation).ConfigureAwait(false);
        if (result.ExitStatus != 0)
        {
            Remove(result.UpperDirectory);
            string detail = result.Detail is { } text ? $": {text}" : "";
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"'{run.Source}' ended with exit status {result.ExitStatus}{detail}.");
        }

        LayerHold? layer = result.UpperDirectory is { } upper && Directory.EnumerateFileSystemEntries(upper).Any()
            ? work.Resources.Keep(await work.Layers.AdoptAsync(upper, cancellation).ConfigureAwait(false))
            : null;
        Remove(result.UpperDirectory);
        return stage.WithLayer(layer, run.Source);
    }

    private static void Remove(string? upper)
    {
        if (upper is not null)
        {
            Native.Directories.TreeRemoval.Remove(upper);
        }
    }

    private Dictionary<string, string> EnvironmentOf(BuildStage stage)
    {
        var environment = new Dictionary<string, string>(stage.Arguments, StringComparer.Ordinal);
        foreach ((string name, string value) in EnvironmentList.ToDictionary(stage.Config.Run.Env))
        {
            environment[name] = value;
        }

        foreach ((string name, string value) in work.Secrets)
        {
            environment[name] = value;
        }

        environment.TryAdd("PATH", RootImage.SearchPath["PATH=".Length..]);
        return environment;
    }
}
