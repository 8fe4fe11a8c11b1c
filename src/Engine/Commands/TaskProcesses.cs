using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Sidecars;

namespace Appliance.Engine.Commands;

/// <summary>Finds the processes of tasks, running and ended: their output outlives them.</summary>
public sealed class TaskProcesses(SandboxSupervisor sandboxes, SidecarDesk sidecars, ContainerRuntime runtime)
{
    /// <summary>The container of a task, once it runs.</summary>
    /// <exception cref="ApplianceException">NotFound: it has ended, or never was.</exception>
    public async Task<Container> GetContainerAsync(TaskId task, CancellationToken cancellation)
    {
        LiveSandbox sandbox = GetLive(task);
        try
        {
            return await sandbox.Started.WaitAsync(cancellation);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw SandboxErrors.NoSuchTask(task.Text);
        }
    }

    /// <summary>The container of a task that has the id; the main one for none.</summary>
    /// <exception cref="ApplianceException">NotFound: it has ended, or never was.</exception>
    public async Task<Container> GetContainerAsync(TaskId task, string containerId, CancellationToken cancellation)
    {
        Container main = await GetContainerAsync(task, cancellation);
        return containerId.Length == 0 || containerId == task.Text ? main : sidecars.GetContainer(task, containerId);
    }

    /// <exception cref="ApplianceException">NotFound: it has ended, or never was.</exception>
    public LiveSandbox GetLive(TaskId task) => sandboxes.Find(task) ?? throw SandboxErrors.NoSuchTask(task.Text);

    /// <summary>A task's first process.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public async Task<ContainerProcess> GetMainAsync(TaskId task, CancellationToken cancellation)
    {
        if (sandboxes.Find(task) is { } live && await TryStartedAsync(live, cancellation) is { } container)
        {
            return container.Main;
        }

        return FindEnded("", runtime.DirectoryOf(task.Text).MainFiles) ?? throw SandboxErrors.NoSuchTask(task.Text);
    }

    /// <summary>A process that was started beside the first.</summary>
    /// <exception cref="ApplianceException">NotFound.</exception>
    public async Task<ContainerProcess> GetExecAsync(TaskId task, string execId, CancellationToken cancellation)
    {
        ExecIds.Check(execId);
        if (sandboxes.Find(task) is { } live && await TryStartedAsync(live, cancellation) is { } container && container.HasExec(execId))
        {
            return await container.GetExecAsync(execId);
        }

        if (sidecars.ContainersOf(task).FirstOrDefault(each => each.HasExec(execId)) is { } beside)
        {
            return await beside.GetExecAsync(execId);
        }

        IEnumerable<string> containers = [task.Text, .. sidecars.List(task).Select(each => each.Id.Text)];
        return containers.Select(each => FindEnded(execId, runtime.DirectoryOf(each).ExecFiles(execId))).FirstOrDefault(each => each is not null)
            ?? throw new ApplianceException(ErrorKind.NotFound, $"Task '{task}' has no exec '{execId}'.");
    }

    private static ContainerProcess? FindEnded(string id, ProcessFiles files) => ProcessExit.Load(files.Exit) is { } exit
        ? ContainerProcess.Ended(id, files, exit)
        : null;

    private static async Task<Container?> TryStartedAsync(LiveSandbox sandbox, CancellationToken cancellation)
    {
        try
        {
            return await sandbox.Started.WaitAsync(cancellation);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
