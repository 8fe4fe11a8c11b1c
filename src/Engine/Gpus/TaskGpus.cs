using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Gpus;
using Appliance.Gpus.Leases;

namespace Appliance.Engine.Gpus;

/// <summary>The GPUs of tasks. Who has which is noted beside what the task leaves on the disk, so that a new process knows.</summary>
public sealed class TaskGpus(GpuPool pool, ContainerRuntime runtime)
{
    private readonly List<string> gone = [];

    /// <summary>Whether the devices could be had on this machine, busy or not.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: no such type. FailedPrecondition: the machine has not that many.</exception>
    public Task CheckAsync(string request) => request.Length == 0 ? Task.CompletedTask : pool.CheckAsync(GpuRequest.Parse(request));

    /// <summary>Waits for devices and notes them, before a container can have them.</summary>
    /// <param name="task">Whose they will be until <see cref="Release"/>.</param>
    /// <param name="request">What is asked for: "H100:2". Empty for nothing.</param>
    /// <param name="since">When it was asked for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="onWait">Told when they cannot be had at once.</param>
    /// <returns>Null where nothing was asked for.</returns>
    /// <exception cref="ApplianceException">The machine does not have them, or not any more.</exception>
    public async Task<GpuAttachment?> LeaseAsync(
        string task, string request, DateTimeOffset since, CancellationToken cancellation, Action? onWait = null)
    {
        if (request.Length == 0)
        {
            return null;
        }

        GpuAttachment gpus = await pool.LeaseAsync(task, GpuRequest.Parse(request), since, cancellation, onWait);
        return await NoteAsync(task, gpus);
    }

    /// <summary>As <see cref="LeaseAsync"/>, for tasks that get the same number each, all in one moment.</summary>
    /// <param name="tasks">The first waits for all.</param>
    /// <param name="request">What is asked for, for all together. Empty for nothing.</param>
    /// <param name="since">When it was asked for.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="onWait">Told when they cannot be had at once.</param>
    /// <returns>What each has; null where nothing was asked for.</returns>
    public async Task<GpuAttachment?[]> LeaseTogetherAsync(
        IReadOnlyList<string> tasks, string request, DateTimeOffset since, CancellationToken cancellation, Action onWait)
    {
        var parts = new GpuAttachment?[tasks.Count];
        if (request.Length == 0)
        {
            return parts;
        }

        // What an earlier server gave them, and was killed before any began.
        foreach (string task in tasks.Skip(1))
        {
            Release(task);
        }

        await pool.LeaseAsync(tasks[0], GpuRequest.Parse(request), since, cancellation, onWait);
        IReadOnlyList<GpuAttachment> divided = pool.Divide(tasks);
        for (int index = 0; index < parts.Length; index++)
        {
            parts[index] = await NoteAsync(tasks[index], divided[index]);
        }

        return parts;
    }

    /// <summary>Why a task still waits; null where it does not.</summary>
    public string? ExplainWait(string task) => pool.ExplainWait(task);

    /// <summary>Takes back what a task has; its container is gone.</summary>
    public void Release(string task)
    {
        string note = runtime.DirectoryOf(task).GpuLease;
        if (File.Exists(note))
        {
            File.Delete(note);
        }

        pool.Release(task);
    }

    /// <summary>Notes what tasks of an earlier process have, before anybody is given something.</summary>
    /// <param name="isLive">Whether somebody takes the task up, and releases it at its end.</param>
    public void Adopt(Func<string, bool> isLive)
    {
        foreach (TaskDirectory directory in runtime.ListTasks())
        {
            if (File.Exists(directory.GpuLease))
            {
                string task = Path.GetFileName(directory.Root);
                pool.Hold(task, File.ReadAllLines(directory.GpuLease));
                if (!isLive(task))
                {
                    gone.Add(task);
                }
            }
        }
    }

    /// <summary>Keeps the place of a task that waited at an earlier process; one that had its GPUs already has them noted.</summary>
    public void Expect(string task, string request, DateTimeOffset since)
    {
        if (request.Length > 0 && !File.Exists(runtime.DirectoryOf(task).GpuLease))
        {
            pool.Expect(task, GpuRequest.Parse(request), since);
        }
    }

    /// <summary>Takes back what ended sandboxes and steps of builds had of an earlier process; their containers are removed.</summary>
    public void ReleaseGone()
    {
        gone.ForEach(Release);
        gone.Clear();
    }

    /// <summary>Where a task's container shows the driver's files; empty where it never had a GPU.</summary>
    public static IReadOnlyList<string> MountsOf(TaskDirectory directory) =>
        File.Exists(directory.GpuMounts) ? File.ReadAllLines(directory.GpuMounts) : [];

    private async Task<GpuAttachment> NoteAsync(string task, GpuAttachment gpus)
    {
        TaskDirectory directory = runtime.DirectoryOf(task);
        try
        {
            Directory.CreateDirectory(directory.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await File.WriteAllLinesAsync(directory.GpuMounts, gpus.Files.Select(file => file.Target), CancellationToken.None);

            // Half of a list would be worse than none.
            string written = directory.GpuLease + ".new";
            await File.WriteAllLinesAsync(written, gpus.Devices.Select(device => device.Id), CancellationToken.None);
            File.Move(written, directory.GpuLease, overwrite: true);
            return gpus;
        }
        catch
        {
            pool.Release(task);
            throw;
        }
    }
}
