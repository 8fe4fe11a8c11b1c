using Appliance.Core.Errors;

namespace Appliance.Admin.Service;

/// <summary>Takes the service off the machine, and its data only on demand.</summary>
/// <param name="paths">Where the service's parts are.</param>
/// <param name="systemctl">Stops it.</param>
/// <param name="removeContainers">Ends the containers that go on without the service; false when there are none.</param>
/// <param name="dataDirectory">To be deleted, too; null to keep the data.</param>
public sealed class ServiceRemoval(ServicePaths paths, Systemctl systemctl, Func<Task<bool>> removeContainers, string? dataDirectory)
{
    public IReadOnlyList<ServiceStep> Steps()
    {
        List<ServiceStep> steps =
        [
            new($"stop {ServicePaths.UnitName}", StopAsync),
            new("end its containers", async _ => await removeContainers() ? StepOutcome.Done : StepOutcome.Unchanged),
            new($"remove {paths.Unit}", RemoveUnitAsync),
            new($"remove {paths.Executable}", _ => Task.FromResult(RemoveFile(paths.Executable))),
        ];
        if (dataDirectory is not null)
        {
            steps.Add(new($"DELETE ALL DATA in {dataDirectory}", _ => Task.FromResult(DeleteData(dataDirectory))));
        }

        return steps;
    }

    private async Task<StepOutcome> StopAsync(CancellationToken cancellation)
    {
        if (!paths.HasSystemd || !File.Exists(paths.Unit))
        {
            return StepOutcome.Unchanged;
        }

        await systemctl.TellAsync(["disable", "--quiet", "--now", ServicePaths.UnitName], cancellation);
        return StepOutcome.Done;
    }

    private async Task<StepOutcome> RemoveUnitAsync(CancellationToken cancellation)
    {
        StepOutcome outcome = RemoveFile(paths.Unit);
        if (outcome == StepOutcome.Done && paths.HasSystemd)
        {
            await systemctl.TellAsync(["daemon-reload"], cancellation);
        }

        return outcome;
    }

    private static StepOutcome RemoveFile(string path)
    {
        if (!File.Exists(path))
        {
            return StepOutcome.Unchanged;
        }

        File.Delete(path);
        return StepOutcome.Done;
    }

    private StepOutcome DeleteData(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return StepOutcome.Unchanged;
        }

        // Deleting through a mount would delete what is mounted.
        string? mounted = File.ReadLines(paths.Mounts)
            .Select(line => line.Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal))
            .FirstOrDefault(mount => mount == directory || mount.StartsWith(directory + "/", StringComparison.Ordinal));
        if (mounted is not null)
        {
            throw new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"'{mounted}' is still mounted, so '{directory}' is not deleted: stop the containers that use it, 'umount' it, and try again.");
        }

        Directory.Delete(directory, recursive: true);
        return StepOutcome.Done;
    }
}
