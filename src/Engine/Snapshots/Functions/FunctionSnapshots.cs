using System.Collections.Concurrent;
using Appliance.Containers.Guest;
using Appliance.Containers.Runtime;
using Appliance.Core.Ids;
using Appliance.Core.Lifetime;
using Appliance.Engine.Functions;
using Appliance.Engine.Logs;
using Appliance.Engine.Sandboxes;
using Appliance.Engine.Snapshots.Memory;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>
/// Decides how containers of functions begin that allow memory snapshots: the first so that one can be made of it, those
/// after it from there. Whatever fails of that is told in the app's log, and the next container begins plainly.
/// </summary>
public sealed class FunctionSnapshots(FunctionSnapshotFiles files, FunctionSnapshotMaker maker, FunctionOutfit outfit, ContainerRuntime runtime, AppLogs logs, TimeProvider clock)
{
    /// <summary>How long a restored program may say nothing; it calls at once.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<TaskId, StartTrial> trials = new();
    private readonly ConcurrentDictionary<string, bool> told = new();
    private readonly MadeOnce<string> guest = new(() => GuestPrograms.EnsureUnpacked(runtime.Run.Root));

    public FunctionSnapshotFiles Files => files;

    public FunctionSnapshotMaker Maker => maker;

    /// <summary>How a container is to begin; noted when this answers.</summary>
    /// <param name="container">Of a function, or of none.</param>
    /// <param name="variables">Its environment.</param>
    /// <param name="cancellation">The server stops.</param>
    public async Task<FunctionStart> DecideAsync(LiveSandbox container, IReadOnlyList<string> variables, CancellationToken cancellation)
    {
        if (container.Definition.Function is not { AllowsSnapshots: true } function)
        {
            return FunctionStart.Plain;
        }

        string? gvisor = ContainerRuntime.DescribeGvisor();
        if (gvisor is null || FindObstacle(container.Definition) is not null)
        {
            if (told.TryAdd(function.DefinitionId, true))
            {
                logs.Say(container, $"This function's containers start without memory snapshots: {FindObstacle(container.Definition) ?? "they need gVisor, and runsc is not installed"}.");
            }

            return FunctionStart.Plain;
        }

        string key = FunctionSnapshotKey.Of(container, outfit.TellAll(container), variables, $"{gvisor} {guest.Value}");
        await maker.AwaitStoredAsync(key, cancellation);
        FunctionStart start = maker.IsPaused(key) ? FunctionStart.Plain
            : files.Find(key) is { } whole ? new FunctionStart(FunctionStartKind.Restoring, whole)
            : maker.TryClaim(key, container.TaskId) ? new FunctionStart(FunctionStartKind.Making, key)
            : FunctionStart.Plain;
        start.Save(runtime.DirectoryOf(container.TaskId.Text));
        if (start.Kind != FunctionStartKind.Plain)
        {
            trials[container.TaskId] = new StartTrial(start);
        }

        return start;
    }

    /// <summary>Looks after a container whose process has just been started.</summary>
    /// <param name="container">Which.</param>
    /// <param name="startTime">How long it may take until it works.</param>
    /// <param name="kill">Kills it.</param>
    internal async Task WatchAsync(LiveSandbox container, TimeSpan startTime, Action<TaskId> kill)
    {
        if (!trials.TryGetValue(container.TaskId, out StartTrial? trial))
        {
            return;
        }

        bool isMade = trial.Start.Kind == FunctionStartKind.Making;
        TimeSpan patience = isMade || startTime / 2 < SilenceMax ? startTime / 2 : SilenceMax;
        using var answered = new CancellationTokenSource();
        await Task.WhenAny(trial.Heard.Task, container.Ended, Task.Delay(patience, clock, answered.Token));
        await answered.CancelAsync();
        if (trial.Heard.Task.IsCompleted || container.Ended.IsCompleted)
        {
            return;
        }

        if (isMade)
        {
            maker.Detach(container);
        }
        else
        {
            trial.IsSilent = true;
            kill(container.TaskId);
        }
    }

    /// <summary>A container's program has called as one that works, or is about to.</summary>
    public void Heard(TaskId task)
    {
        if (trials.TryGetValue(task, out StartTrial? trial))
        {
            trial.Heard.TrySetResult();
        }
    }

    /// <summary>A container's program asks for work: from now on its end is its own.</summary>
    public void Passed(TaskId task)
    {
        if (trials.TryRemove(task, out StartTrial? trial))
        {
            trial.Heard.TrySetResult();
        }
    }

    /// <summary>Whether what a container says of its failure does not count: a plain start is to show whether it fails, too.</summary>
    public bool IsOnTrial(TaskId task) => trials.ContainsKey(task);

    /// <summary>What the end of a container means.</summary>
    /// <returns>Its result, or that it was ended, where its own start is to blame and no start of the function.</returns>
    internal SandboxResult Judge(LiveSandbox container, SandboxResult result)
    {
        bool isWritten = maker.HasEndedForIt(container.TaskId);
        if (!trials.TryRemove(container.TaskId, out StartTrial? trial))
        {
            return result;
        }

        if (!isWritten && (trial.IsSilent || result.Ending != SandboxEnding.Terminated))
        {
            Blame(container, trial, result);
        }

        return result with { Ending = SandboxEnding.Terminated };
    }

    /// <summary>Takes up a container of an earlier server: nobody will make the snapshot any more that it may wait for.</summary>
    internal void Adopt(LiveSandbox container)
    {
        if (FunctionStart.Load(runtime.DirectoryOf(container.TaskId.Text)).Kind == FunctionStartKind.Making)
        {
            outfit.LetGoOn(container);
        }
    }

    private void Blame(LiveSandbox container, StartTrial trial, SandboxResult result)
    {
        string why = trial.IsSilent ? "its program said nothing" : result.Message is { Length: > 0 } message ? RunscComplaint.Shorten(message) : $"it ended with exit code {result.ExitCode} before it asked for work";
        if (trial.Start.Kind == FunctionStartKind.Restoring)
        {
            files.Drop(trial.Start.Snapshot);
            maker.Pause(trial.Start.Snapshot[..trial.Start.Snapshot.LastIndexOf('.')]);
            logs.Say(container, $"Container '{container.TaskId}' could not go on from its memory snapshot, which is dropped; another is started without: {why}");
        }
        else
        {
            maker.Pause(trial.Start.Snapshot);
            logs.Say(container, $"Container '{container.TaskId}' did not get so far that a memory snapshot could be made of it; another is started without: {why}");
        }
    }

    /// <summary>Why containers of a function cannot go on from memory snapshots here; null where they can.</summary>
    private static string? FindObstacle(SandboxDefinition definition) =>
        definition.Resources.GpuType is not null ? "they have GPUs, which gVisor cannot keep"
        : definition.Terminal is not null ? "somebody sits at their terminal"
        : definition.Volumes.Count > 0 ? "they mount volumes, of which programs under gVisor would not see newer versions"
        : definition.Runtime is "runc" ? "they are to run under runc"
        : null;
}
