using System.Collections.Concurrent;
using Appliance.Containers.Shims;
using Appliance.Containers.Specs;
using Appliance.Containers.Ttrpc;
using Appliance.Core.Errors;

namespace Appliance.Containers.Runtime;

/// <summary>A container that runs, or ran: its first process and those started beside it.</summary>
public sealed class Container : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task<ContainerProcess>> execs = new();
    private readonly ContainerSlot slot;
    private readonly TaskDirectory directory;
    private readonly ResourceLimits limits;

    internal Container(string id, ContainerSlot slot, TaskDirectory directory, ResourceLimits limits)
    {
        Id = id;
        this.slot = slot;
        this.directory = directory;
        this.limits = limits;
        Main = new ContainerProcess("", directory.MainFiles, slot.Shim);
    }

    public string Id { get; }

    /// <summary>Its end is the container's.</summary>
    public ContainerProcess Main { get; }

    /// <summary>Of the first process, as the machine sees it.</summary>
    public int Pid { get; internal set; }

    /// <summary>The container's root, as the machine sees it, while it exists.</summary>
    public string RootFilesystem => slot.RootFilesystem;

    /// <summary>What it changed in its image, as an overlay's upper directory.</summary>
    public string Changes => directory.Changes;

    /// <summary>Starts a process beside the first. A second call with the same id gets the same process.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: the container has ended.</exception>
    public Task<ContainerProcess> StartExecAsync(string execId, ProcessSpec process)
    {
        var mine = new TaskCompletionSource<ContainerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ContainerProcess> present = execs.GetOrAdd(execId, mine.Task);
        if (present == mine.Task)
        {
            _ = CompleteAsync(mine, execId, process);
        }

        return present;
    }

    /// <exception cref="ApplianceException">NotFound.</exception>
    public Task<ContainerProcess> GetExecAsync(string execId) => execs.TryGetValue(execId, out Task<ContainerProcess>? process)
        ? process
        : throw new ApplianceException(ErrorKind.NotFound, $"Container '{Id}' has no exec '{execId}'.");

    /// <summary>How many processes started beside the first still run.</summary>
    public int RunningExecs => execs.Values.Count(each => !each.IsCompletedSuccessfully || !each.Result.Exited.IsCompleted);

    /// <summary>Sends a signal; nothing happens when the process has ended.</summary>
    /// <param name="process">One of this container's.</param>
    /// <param name="signal">Its number.</param>
    /// <param name="all">To every process of the container.</param>
    public async Task KillAsync(ContainerProcess process, int signal, bool all = false)
    {
        try
        {
            await slot.Shim.KillAsync(process.Id, signal, all, CancellationToken.None);
        }
        catch (TtrpcException refusal) when (process.Exited.IsCompleted || refusal.Code is TtrpcCode.NotFound)
        {
            // It ended by itself.
        }
    }

    public Task ResizeAsync(ContainerProcess process, TerminalSize size, CancellationToken cancellation) =>
        slot.Shim.ResizeAsync(process.Id, size.Rows, size.Columns, cancellation);

    public Task PauseAsync(CancellationToken cancellation) => slot.Shim.PauseAsync(cancellation);

    public Task ResumeAsync(CancellationToken cancellation) => slot.Shim.ResumeAsync(cancellation);

    /// <summary>Stops looking after it; the container goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (Task<ContainerProcess> exec in execs.Values)
        {
            if (exec.IsCompletedSuccessfully)
            {
                await (await exec).DisposeAsync();
            }
        }

        await Main.DisposeAsync();
        await slot.Shim.DisposeAsync();
    }

    /// <summary>Takes up the processes that an earlier appliance started.</summary>
    internal void AdoptExecs()
    {
        foreach (string path in Directory.EnumerateDirectories(directory.Execs))
        {
            string execId = Path.GetFileName(path);
            ProcessFiles files = directory.ExecFiles(execId);
            ContainerProcess process = ProcessExit.Load(files.Exit) is { } exit
                ? ContainerProcess.Ended(execId, files, exit)
                : Follow(new ContainerProcess(execId, files, slot.Shim));
            execs[execId] = Task.FromResult(process);
        }
    }

    internal ProcessExit Explain(int status) => new(status, slot.WasOutOfMemory());

    private ContainerProcess Follow(ContainerProcess process)
    {
        process.BeginOutput();
        _ = process.SuperviseAsync(status => new ProcessExit(status));
        return process;
    }

    private async Task CompleteAsync(TaskCompletionSource<ContainerProcess> started, string execId, ProcessSpec spec)
    {
        try
        {
            started.SetResult(await StartAsync(execId, spec));
        }
        catch (Exception failure)
        {
            // Another attempt with the same id may succeed.
            execs.TryRemove(execId, out _);
            started.SetException(failure);
        }
    }

    private async Task<ContainerProcess> StartAsync(string execId, ProcessSpec spec)
    {
        if (Main.Exited.IsCompleted)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{Id}' has ended: nothing can be started in it.");
        }

        ProcessFiles files = directory.ExecFiles(execId);
        ShimStreams streams = ContainerProcess.Prepare(files, spec);
        var process = new ContainerProcess(execId, files, slot.Shim);
        process.BeginOutput();
        try
        {
            await slot.Shim.ExecAsync(execId, SpecWriter.Write(spec, limits), streams, CancellationToken.None);
            await slot.Shim.StartAsync(execId, CancellationToken.None);
        }
        catch (TtrpcException complaint) when (complaint.Code is TtrpcCode.Unavailable or TtrpcCode.NotFound)
        {
            await process.DisposeAsync();
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{Id}' has ended: nothing can be started in it.", complaint);
        }
        catch (TtrpcException complaint)
        {
            await process.FailAsync(ProcessFaults.Explain(complaint.Message));
            return process;
        }

        _ = process.SuperviseAsync(status => new ProcessExit(status));
        return process;
    }
}
