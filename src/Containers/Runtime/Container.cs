using System.Collections.Concurrent;
using Appliance.Containers.Gvisor;
using Appliance.Containers.Shims;
using Appliance.Containers.Specs;
using Appliance.Containers.Ttrpc;
using Appliance.Containers.Usage;
using Appliance.Core.Errors;
using Appliance.Native.Directories;

namespace Appliance.Containers.Runtime;

/// <summary>A container that runs, or ran: its first process and those started beside it.</summary>
public sealed class Container : IAsyncDisposable
{
    private const int KillSignal = 9;

    private readonly ConcurrentDictionary<string, Task<ContainerProcess>> execs = new();
    private readonly ContainerSlot slot;
    private readonly TaskDirectory directory;
    private readonly ResourceLimits limits;
    private readonly TimeProvider clock;
    private readonly UsageMeter meter;

    internal Container(
        string id, ContainerSlot slot, TaskDirectory directory, ProcessSpec process, ResourceLimits limits, TimeProvider clock)
    {
        Process = process;
        this.clock = clock;
        Id = id;
        this.slot = slot;
        this.directory = directory;
        this.limits = limits;
        meter = new UsageMeter(directory.Usage, slot.ReadCounters, clock);
        Main = new ContainerProcess("", directory.MainFiles, slot.Shim);
    }

    public string Id { get; }

    /// <summary>What the first process is: others that say nothing else have its variables, directory and user.</summary>
    public ProcessSpec Process { get; }

    /// <summary>Its end is the container's.</summary>
    public ContainerProcess Main { get; }

    /// <summary>Of the first process, as the machine sees it.</summary>
    public int Pid { get; internal set; }

    /// <summary>The container's root, as the machine sees it, while it exists.</summary>
    public string RootFilesystem => slot.RootFilesystem;

    /// <summary>What it leaves on the disk.</summary>
    public TaskDirectory TaskDirectory => directory;

    /// <summary>What it changed in its image, as an overlay's upper directory.</summary>
    public string Changes => directory.Changes;

    /// <summary>Starts a process beside the first. A second call with the same id gets the same process.</summary>
    /// <param name="execId">Of the caller's own; may be part of a file name.</param>
    /// <param name="process">What to start.</param>
    /// <param name="timeLimit">It is killed when it runs longer; null for no limit.</param>
    /// <exception cref="ApplianceException">FailedPrecondition: the container has ended.</exception>
    public Task<ContainerProcess> StartExecAsync(string execId, ProcessSpec process, TimeSpan? timeLimit = null)
    {
        var mine = new TaskCompletionSource<ContainerProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<ContainerProcess> present = execs.GetOrAdd(execId, mine.Task);
        if (present == mine.Task)
        {
            _ = CompleteAsync(mine, execId, process, timeLimit);
        }

        return present;
    }

    public bool HasExec(string execId) => execs.ContainsKey(execId);

    /// <exception cref="ApplianceException">NotFound.</exception>
    public Task<ContainerProcess> GetExecAsync(string execId) => execs.TryGetValue(execId, out Task<ContainerProcess>? process)
        ? process
        : throw new ApplianceException(ErrorKind.NotFound, $"Container '{Id}' has no exec '{execId}'.");

    /// <summary>Removes an ended process that was started beside the first, with what it wrote.</summary>
    public async Task ForgetExecAsync(string execId)
    {
        if (execs.TryRemove(execId, out Task<ContainerProcess>? started))
        {
            ContainerProcess process = await started;
            await process.OutputEnded;
            await process.DisposeAsync();
            TreeRemoval.Remove(directory.ExecFiles(execId).Root);
        }
    }

    /// <summary>What it has used so far, also after its end; null when it never ran.</summary>
    public ContainerUsage? ReadUsage() => meter.Look();

    /// <summary>How many processes started beside the first still run.</summary>
    public int RunningExecs => execs.Values.Count(each => !each.IsCompletedSuccessfully || !each.Result.Exited.IsCompleted);

    /// <summary>Sends a signal; nothing happens when the process has ended.</summary>
    /// <param name="process">One of this container's.</param>
    /// <param name="signal">Its number.</param>
    /// <param name="all">To every process of the container.</param>
    public async Task KillAsync(ContainerProcess process, int signal, bool all = false)
    {
        if (slot.Gvisor is { } gvisor && process.Id.Length > 0)
        {
            await gvisor.SignalAsync(process.Id, signal);
            return;
        }

        try
        {
            await slot.Shim.KillAsync(process.Id, signal, all, CancellationToken.None);
        }
        catch (TtrpcException refusal) when (process.Exited.IsCompleted || refusal.MeansGone)
        {
            // It ended by itself.
        }
    }

    public Task ResizeAsync(ContainerProcess process, TerminalSize size, CancellationToken cancellation) =>
        slot.Shim.ResizeAsync(process.Id, size.Rows, size.Columns, cancellation);

    public Task PauseAsync(CancellationToken cancellation) => slot.Shim.PauseAsync(cancellation);

    public Task ResumeAsync(CancellationToken cancellation) => slot.Shim.ResumeAsync(cancellation);

    /// <summary>Whether its kernel is gVisor.</summary>
    public bool IsGvisor => slot.Gvisor is not null;

    /// <summary>What its processes use now, with what the machine keeps in memory for them; 0 where that is not counted.</summary>
    public long ReadMemoryBytes() => CgroupEvents.ReadMemoryBytes(slot.Cgroup);

    /// <summary>Writes its memory and the state of its processes to a directory, and ends it, also when that fails.</summary>
    /// <param name="path">Of an empty directory.</param>
    /// <returns>Null when the checkpoint is whole, otherwise what was wrong.</returns>
    /// <exception cref="ApplianceException">FailedPrecondition: it does not run under gVisor.</exception>
    public Task<string?> CheckpointAsync(string path) => slot.Gvisor is { } gvisor
        ? gvisor.CheckpointAsync(path)
        : throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{Id}' does not run under gVisor: its memory cannot be kept.");

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
                : Follow(new ContainerProcess(execId, files, slot.Shim), files);
            execs[execId] = Task.FromResult(process);
        }
    }

    /// <summary>The last look at its control group: it goes with the container.</summary>
    internal ProcessExit Explain(int status)
    {
        meter.Look();
        return new ProcessExit(status, slot.WasOutOfMemory());
    }

    private ContainerProcess Follow(ContainerProcess process, ProcessFiles files)
    {
        process.BeginOutput();
        return Supervise(process, files);
    }

    private async Task CompleteAsync(
        TaskCompletionSource<ContainerProcess> started, string execId, ProcessSpec spec, TimeSpan? timeLimit)
    {
        try
        {
            started.SetResult(await StartAsync(execId, spec, timeLimit));
        }
        catch (Exception failure)
        {
            // Another attempt with the same id may succeed.
            execs.TryRemove(execId, out _);
            started.SetException(failure);
        }
    }

    private async Task<ContainerProcess> StartAsync(string execId, ProcessSpec spec, TimeSpan? timeLimit)
    {
        if (Main.Exited.IsCompleted)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{Id}' has ended: nothing can be started in it.");
        }

        ProcessFiles files = directory.ExecFiles(execId);
        ShimStreams streams = ContainerProcess.Prepare(files, spec);
        if (timeLimit is { } limit)
        {
            ProcessDeadline.Set(files, clock.GetUtcNow() + limit);
        }

        var process = new ContainerProcess(execId, files, slot.Shim);
        process.BeginOutput();
        try
        {
            await slot.Shim.ExecAsync(execId, SpecWriter.Write(spec, limits), streams, CancellationToken.None);
            await slot.Shim.StartAsync(execId, CancellationToken.None);
        }
        catch (TtrpcException complaint) when (complaint.MeansGone && Main.Exited.IsCompleted || complaint.Code is TtrpcCode.Unavailable)
        {
            await process.DisposeAsync();
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Container '{Id}' has ended: nothing can be started in it.", complaint);
        }
        catch (TtrpcException complaint)
        {
            await process.FailAsync(ProcessFaults.Explain(complaint.Message));
            return process;
        }

        return Supervise(process, files);
    }

    private ContainerProcess Supervise(ContainerProcess process, ProcessFiles files)
    {
        _ = process.SuperviseAsync(status => new ProcessExit(slot.Gvisor is null ? status : GvisorContainer.StatusOf(status)));
        ProcessDeadline.Watch(files, process, clock, () => KillAsync(process, KillSignal));
        return process;
    }
}
